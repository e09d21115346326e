"""What differs between the families of two records, as `pytest-qwen preflight --out` wrote it."""

from __future__ import annotations

from pathlib import Path

from pytest_qwen.messages.reason import Language
from pytest_qwen.record.preflight import Preflight, PreflightDifference
from pytest_qwen.report.against import merged
from pytest_qwen.report.given import load
from pytest_qwen.report.marks import Shown
from pytest_qwen.report.run import Run

_DO = "name what `pytest-qwen preflight --out` wrote"

_SHOWN = 400
"""Characters of what was before and after that are shown."""


def read(path: Path) -> Preflight:
    """Read what preflight found.

    Raises:
        ReportError: it cannot be read, or is something else.
    """
    return load(Preflight, path, "what preflight found", _DO)


def values(difference: PreflightDifference, language: Language) -> list[Shown]:
    """Return what was before and after: one text with its changes, or both if they share little."""
    before, after = (difference.text(name, language)[0] for name in ("before", "after"))
    return merged(before, after, _SHOWN)


def matches(preflight: Preflight | None, now: Run, was: Run | None) -> bool:
    """Say whether the families are called as those of the records are."""
    if preflight is None or was is None:
        return True
    names = preflight.before, preflight.after.partition(" with ")[0]  # of --model ROLE=CHECKPOINT
    return names == (was.header.family, now.header.family)
