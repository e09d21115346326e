"""The samples of a case, now and before, with their texts in marked pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_qwen.record.schema import SampleLine
from pytest_qwen.report.compare import ComparedCase
from pytest_qwen.report.texts.against import AgainstSnapshot, against
from pytest_qwen.report.texts.diff import diff
from pytest_qwen.report.texts.loops import loops_of
from pytest_qwen.report.texts.marks import Kind, Shown, Span, TextBudget, show
from pytest_qwen.report.texts.parts import ShownPart, shift

_MOST_SPANS = 20
"""Spans of one verdict that are marked."""

Marks = list[tuple[Span, Kind]]


@dataclass(frozen=True)
class SampleTexts:
    """One sample: its answer and its thinking in pieces."""

    sample: SampleLine
    answer: Shown
    thinking: Shown | None


@dataclass(frozen=True)
class SampleRow:
    """One number of a sample, now and before; `rewritten` where the answers share little.

    `against` is how it differs from its snapshot now.
    """

    number: int
    now: SampleTexts | None
    was: SampleTexts | None
    same: bool = False
    rewritten: bool = False
    against: AgainstSnapshot | None = None


def rows(case: ComparedCase, budget: TextBudget) -> list[SampleRow]:
    """Return the samples of a case as they are shown."""
    made = []
    for now, was in case.samples:
        number = next(s.reply.sample if s.reply else 0 for s in (now, was) if s)
        stray = against(now, budget.limit) if now else None
        if now is None or was is None:
            alone = [sample_texts(side, budget) if side else None for side in (now, was)]
            made.append(SampleRow(number, alone[0], alone[1], against=stray))
            continue
        answers, thoughts = diff(was.shown, now.shown), diff(was.thought, now.thought)
        marked = [
            (_kind(answers.added, "added"), _kind(thoughts.added, "added")),
            (_kind(answers.removed, "removed"), _kind(thoughts.removed, "removed")),
        ]
        same = (was.shown, was.thought, was.error) == (now.shown, now.thought, now.error)
        old = None if same else sample_texts(was, budget, *marked[1])
        new = sample_texts(now, budget, *marked[0])
        made.append(SampleRow(number, new, old, same, answers.rewritten, stray))
    return made


def opened(case: ComparedCase, shown: list[SampleRow]) -> int:
    """Return which sample to show first: one that became worse, that failed, that changed.

    Then one that differs from its snapshot.
    """

    def urgency(i: int) -> tuple[bool, bool, bool, bool, int]:
        now, was = case.samples[i]
        failed = now is None or now.met is False or now.error is not None
        stray = shown[i].against is not None
        return not (failed and was and was.met), not failed, shown[i].same, not stray, i

    return min(range(len(shown)), key=urgency)


def texts(cases: list[ComparedCase]) -> Iterator[str]:
    """Yield every text that the page would like to show."""
    for case in cases:
        for now, was in case.samples:
            same = now and was and (now.shown, now.thought) == (was.shown, was.thought)
            for side in (now, None if same else was):
                if side:
                    yield from (side.shown, side.thought)
            if now and now.snapshot and (stray := now.snapshot.was):
                yield from (stray.answer, stray.thinking)


def _kind(spans: list[Span], kind: Kind) -> Marks:
    return [(span, kind) for span in spans]


def sample_texts(
    sample: SampleLine,
    budget: TextBudget,
    answer: Marks | None = None,
    thought: Marks | None = None,
) -> SampleTexts:
    """Cut the texts of a sample into pieces; `answer` and `thought` are marked besides evidence."""
    loops = loops_of(sample)
    shown = show(sample.shown, budget, _layered(_evidence(sample, "answer"), answer), loops[0])
    if not sample.thought:
        return SampleTexts(sample, shown, None)
    marks = _layered(_evidence(sample, "thinking"), thought)
    return SampleTexts(sample, shown, show(sample.thought, budget, marks, loops[1]))


def _layered(evidence: Marks, changed: Marks | None) -> Marks:
    """Put changed words over what met expectations found, and what failed them over both."""
    failed = [mark for mark in evidence if mark[1] == "evidence"]
    return [*failed, *(changed or []), *(mark for mark in evidence if mark[1] != "evidence")]


def _evidence(sample: SampleLine, part: ShownPart) -> Marks:
    """Return the spans of the verdicts in the coordinates of the part that is shown."""
    marks: Marks = []
    for verdict in sample.verdicts:
        by = shift(sample, verdict.evidence.get("of"), part)
        if by is None:
            continue
        kind: Kind = "evidence" if verdict.met is False else "found"
        spans = verdict.evidence.get("spans")
        for span in spans[:_MOST_SPANS] if isinstance(spans, list) else []:
            match span:
                case [int(a), int(b)]:
                    marks.append(((a + by, b + by), kind))
    return marks
