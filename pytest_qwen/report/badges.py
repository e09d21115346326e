"""The few words and numbers that stand beside a case."""

from __future__ import annotations

from typing import NamedTuple

from pytest_qwen.record.case import RecordedCase
from pytest_qwen.report.compare import LOSSES, ComparedCase
from pytest_qwen.report.words import Words


class Badge(NamedTuple):
    """A word in a frame; `bad` where it is red."""

    text: str
    bad: bool = False


def badges(case: ComparedCase, words: Words) -> list[Badge]:
    """Return what is new about a case: its change, another text, a difference from its snapshot."""
    made = []
    if case.change:
        made.append(Badge(words(case.change), case.change in LOSSES))
    elif case.different:
        made.append(Badge(words.different))
    if case.strays:
        made.append(Badge(f"≠ {words.snapshot}"))
    return made


def stray_badge(kind: str, words: Words, n: int = 0) -> Badge:
    """Return what explains a difference from a snapshot, with how many samples it explains."""
    return Badge(f"{n} {words(kind)}" if n else words(kind), bad=kind == "strayed")


def counts(case: RecordedCase | None) -> str:
    """Return how many samples of a case are as expected, a dash where none was judged."""
    if case is None or not case.counts[1]:
        return "–"
    return f"{case.counts[0]}/{case.counts[1]}"
