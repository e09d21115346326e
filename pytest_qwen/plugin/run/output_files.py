"""The files that a run is asked to write: what else is at their places stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_qwen.messages.error import CommandError
from pytest_qwen.plugin.run.run_state import Run
from pytest_qwen.record.baseline import refuse_baseline

_BEGINS = {
    "record": ("a record", re.compile(rb'\s*\{\s*"kind"\s*:\s*"run"')),
    "report": (
        "a page",
        re.compile(rb"\s*<!doctype html>[^>]*>\s*<head>.{,80}Security-Policy", re.DOTALL),
    ),
}
"""What each option writes over, and how that begins."""


def check_output_files(run: Run) -> None:
    """Refuse options that would write over what is no earlier record or page, before any test.

    Raises:
        pytest.UsageError: one of them would.
    """
    options, folder = run.options, run.config.invocation_params.dir
    if options.record and options.report:
        page = folder / options.report
        if page.resolve() == (folder / options.record).resolve():
            problem = "the record goes there: name another file"
            raise pytest.UsageError(f"--qwen-report: {page}: {problem}")
    for option in _BEGINS:
        if name := getattr(options, option):
            try:
                refuse_baseline(folder / name)
                _refuse_other(folder / name, option)
            except CommandError as error:
                raise pytest.UsageError(f"--qwen-{option}: {error}") from None


def _refuse_other(path: Path, option: str) -> None:
    """Keep a file that is something else; an empty one is nothing.

    Raises:
        CommandError: it is one.
    """
    try:
        if not path.is_file():  # a pipe may never end
            return
        with path.open("rb") as file:
            data = file.read(300)
    except OSError:  # whoever writes it says why
        return
    what, begin = _BEGINS[option]
    if data and not begin.match(data):
        problem = f"expected {what} of an earlier run to write over, got another file"
        raise CommandError(f"{path}: {problem}: name another, or delete it")
