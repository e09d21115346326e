"""What differs between the families of two records, as `pytest-qwen preflight --out` wrote it."""

from __future__ import annotations

from pathlib import Path

from pytest_qwen.record.preflight import Preflight
from pytest_qwen.report.given import load
from pytest_qwen.report.run import RecordedRun

_DO = "name what `pytest-qwen preflight --out` wrote"


def read(path: Path) -> Preflight:
    """Read what preflight found.

    Raises:
        ReportError: it cannot be read, or is something else.
    """
    return load(Preflight, path, "what preflight found", _DO)


def matches(preflight: Preflight, now: RecordedRun, was: RecordedRun) -> bool:
    """Say whether the families are called as those of the records are."""
    names = preflight.before, preflight.after.partition(" with ")[0]  # of --model ROLE=CHECKPOINT
    return names == (was.header.family, now.header.family)
