"""What changed between two runs, case by case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pytest_qwen.report.badges import Badge, badges, counts
from pytest_qwen.report.compare import ComparedCase
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.plots.scatter import Point, scatter
from pytest_qwen.report.words import Words

SHOWN = 8
"""Cases that are listed; the others are folded."""


class ChangeRow(NamedTuple):
    """A row: a case with how many of its samples passed before and now."""

    href: str
    behavior: str
    prompt: str
    role: str
    before: str
    now: str
    badges: list[Badge]


@dataclass(frozen=True)
class Changes:
    """The cases that changed, those after the first few folded, and a plot of all."""

    template: ClassVar[str] = "changes.jinja"
    note: str
    rows: list[ChangeRow]
    rest: list[ChangeRow]
    rest_label: str
    points: list[Point]

    @classmethod
    def of(cls, contents: Contents) -> Changes | None:
        """List what changed; None without a baseline."""
        if contents.was is None:
            return None
        words = contents.words
        rows = [_row(case, words) for case in contents.changed]
        differ = words("texts_differ", n=sum(case.different for case in contents.cases))
        return cls(
            note=f"{words.flips_note if rows else words.no_flips} {differ}",
            rows=rows[:SHOWN],
            rest=rows[SHOWN:],
            rest_label=words("more_cases", n=len(rows) - SHOWN),
            points=[*scatter(contents.cases, words)],
        )


def _row(case: ComparedCase, words: Words) -> ChangeRow:
    behavior, role, prompt = case.case.names
    before, now = counts(case.was), counts(case.now)
    return ChangeRow(f"#{case.id}", behavior, prompt, role, before, now, badges(case, words))
