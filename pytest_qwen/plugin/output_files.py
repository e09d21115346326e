"""The files that a run is asked to write: what else is at their places stays."""

from __future__ import annotations

import pytest

from pytest_qwen.messages.error import CommandError
from pytest_qwen.plugin.run_state import Run
from pytest_qwen.record.baseline import refuse_baseline


def check_output_files(run: Run) -> None:
    """Refuse options that would write over what is no earlier record or page, before any test.

    Raises:
        pytest.UsageError: one of them would.
    """
    for option in ("record", "report"):
        if name := getattr(run.options, option):
            try:
                refuse_baseline(run.config.invocation_params.dir / name)
            except CommandError as error:
                raise pytest.UsageError(f"--qwen-{option}: {error}") from None
