"""The table of behaviors and roles, with a mark for each case: the index of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pytest_qwen.report.badges import counts
from pytest_qwen.report.compare import LOSSES, ComparedCase
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.groups import by_behavior

_MARKS = {"pass": "✓", "mixed": "~", "miss": "✗", "error": "!", "skipped": "–"}
"""What stands for the state of a case."""


class CaseMark(NamedTuple):
    """A mark that leads to its case; `name` is read aloud, `title` shown on hover."""

    href: str
    kind: str
    title: str
    name: str
    mark: str


class Cell(NamedTuple):
    """The marks of a behavior and a role, and how many samples are as expected."""

    marks: list[CaseMark]
    counts: str


@dataclass(frozen=True)
class Matrix:
    """A row for each behavior with a cell for each role."""

    template: ClassVar[str] = "matrix.jinja"
    note: str
    roles: list[str]
    rows: list[tuple[str, list[Cell]]]

    @classmethod
    def of(cls, contents: Contents) -> Matrix:
        """Fill the table."""
        words = contents.words
        legend = " · ".join(f"{mark} {words(state)}" for state, mark in _MARKS.items())
        rows = [
            (behavior, [_cell(roles.get(role, [])) for role in contents.roles])
            for behavior, roles in by_behavior(contents.cases)
        ]
        heads = [role or "–" for role in contents.roles]
        return cls(f"{words.matrix_note} {legend}", heads, rows)


def _cell(cases: Sequence[ComparedCase]) -> Cell:
    if not cases:
        return Cell([], "")
    passed, judged = (sum(c.now.counts[i] for c in cases if c.now) for i in (0, 1))
    return Cell([_mark(case) for case in cases], f"{passed}/{judged}" if judged else "")


def _mark(case: ComparedCase) -> CaseMark:
    state = case.now.state if case.now else "error"
    change = " down" if case.change in LOSSES else " up" if case.change else ""
    before = f"{counts(case.was)} → " if case.compared else ""
    title = f"{case.case.names[2]}: {before}{counts(case.now)}"
    name = " ".join(case.case.names)
    return CaseMark(f"#{case.id}", state + change, title, name, _MARKS[state])
