"""The cases that differ from their snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pytest_qwen.report.badges import Badge, stray_badge
from pytest_qwen.report.compare import ComparedCase
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.sections.changes import SHOWN
from pytest_qwen.report.words import Words


class StrayCase(NamedTuple):
    """A case with what explains how many of its samples."""

    href: str
    behavior: str
    prompt: str
    role: str
    badges: list[Badge]


@dataclass(frozen=True)
class Snapshots:
    """The cases, changes first; those after the first few are folded."""

    template: ClassVar[str] = "snapshots.jinja"
    rows: list[StrayCase]
    rest: list[StrayCase]
    rest_label: str

    @classmethod
    def of(cls, contents: Contents) -> Snapshots | None:
        """List the cases; None where every sample is as in its snapshot."""
        rows = [_row(case, contents.words) for case in contents.strays]
        if not rows:
            return None
        rest_label = contents.words("more_cases", n=len(rows) - SHOWN)
        return cls(rows[:SHOWN], rows[SHOWN:], rest_label)


def _row(case: ComparedCase, words: Words) -> StrayCase:
    behavior, role, prompt = case.case.names
    kinds = [kind for kind in ("strayed", "drift", "near_tie") if case.strays[kind]]
    badges = [stray_badge(kind, words, case.strays[kind]) for kind in kinds]
    return StrayCase(f"#{case.id}", behavior, prompt, role, badges)
