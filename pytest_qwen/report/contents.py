"""What a page is made from: the runs, what was decided about them, and their cases side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Protocol

from pytest_qwen.gate.artifact import Artifact
from pytest_qwen.record.preflight import Preflight
from pytest_qwen.record.schema import ComparisonLine
from pytest_qwen.report import compare, groups
from pytest_qwen.report.compare import ComparedCase
from pytest_qwen.report.run import RecordedRun
from pytest_qwen.report.texts.marked import texts
from pytest_qwen.report.texts.marks import TextBudget
from pytest_qwen.report.words import Words


class PageSection(Protocol):
    """A part of the page: a view model whose template only writes what it holds.

    The template, a file of `page/`, sees it as `section` and the page's words as `t`.
    """

    template: ClassVar[str]


@dataclass(frozen=True)
class Contents:
    """All that a page is made from.

    Args:
        words: the page's language.
        now: the run to show, or the candidate.
        was: the baseline it is compared with.
        decision: what the gate decided about the two.
        preflight: what differs between their families.
    """

    words: Words
    now: RecordedRun
    was: RecordedRun | None = None
    decision: Artifact | None = None
    preflight: Preflight | None = None
    cases: list[ComparedCase] = field(init=False)

    def __post_init__(self) -> None:
        """Compare the runs."""
        object.__setattr__(self, "cases", compare.compare_runs(self.now, self.was))

    @cached_property
    def roles(self) -> list[str]:
        """The roles in their order."""
        return groups.roles(self.cases)

    @cached_property
    def changed(self) -> list[ComparedCase]:
        """The cases of which other samples pass than before, the greatest loss first."""
        return sorted((case for case in self.cases if case.change), key=lambda case: case.urgency)

    @cached_property
    def strays(self) -> list[ComparedCase]:
        """The cases that differ from their snapshots."""
        return compare.strays(self.cases)

    @cached_property
    def relations(self) -> list[tuple[ComparisonLine, ComparisonLine | None]]:
        """The relations between roles, now and before."""
        return compare.relations(self.now, self.was)

    @cached_property
    def budget(self) -> TextBudget:
        """How much of each text the page has room for."""
        return TextBudget(texts(self.cases))

    @property
    def runs(self) -> list[tuple[RecordedRun, str]]:
        """Each run with what it is called, "" where it is the only one."""
        if self.was is None:
            return [(self.now, "")]
        return [(self.was, self.words.baseline), (self.now, self.words.candidate)]
