"""What was expected of each run, and what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pytest_qwen.report.contents import Contents
from pytest_qwen.report.run import RecordedRun
from pytest_qwen.report.words import Words

_COUNTS = ("expected", "observed", "missing", "crashed", "errors", "skipped", "truncated")
_WRONG = frozenset({"missing", "crashed", "errors"})
_MOST = 500


@dataclass(frozen=True)
class RunCounts:
    """A run's counts, each with whether it is wrong, and the cases that are missing."""

    label: str
    counts: list[tuple[str, bool]]
    cut_off: bool
    missing: list[str]


@dataclass(frozen=True)
class RunCompleteness:
    """The counts of each run."""

    template: ClassVar[str] = "completeness.jinja"
    runs: list[RunCounts]

    @classmethod
    def of(cls, contents: Contents) -> RunCompleteness:
        """Count."""
        return cls([_counts(run, label, contents.words) for run, label in contents.runs])


def _counts(run: RecordedRun, label: str, words: Words) -> RunCounts:
    numbers = run.completeness
    counts = [(f"{numbers[n]} {words(n)}", bool(numbers[n]) and n in _WRONG) for n in _COUNTS]
    return RunCounts(label, counts, run.expected is None, run.missing[:_MOST])
