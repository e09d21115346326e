"""What the page shows of a case: its samples now and before, in marked pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pytest_qwen.messages.visible import visible
from pytest_qwen.record.again import again
from pytest_qwen.report.against import Against, against
from pytest_qwen.report.anchor import anchor
from pytest_qwen.report.compare import Pair
from pytest_qwen.report.diff import diff
from pytest_qwen.report.lines import Header, Sample
from pytest_qwen.report.loops import loops_of
from pytest_qwen.report.marks import Budget, Kind, Shown, show
from pytest_qwen.report.run import Run
from pytest_qwen.traits.verdict import Span

__all__ = ["Row", "Side", "anchor", "command", "facts", "opened", "place", "rows", "written"]

_MOST_SPANS = 20
"""Spans of one verdict that are marked."""

Marks = list[tuple[Span, Kind]]


@dataclass(frozen=True)
class Side:
    """One sample: its answer and its thinking in pieces."""

    sample: Sample
    answer: Shown
    thinking: Shown | None


@dataclass(frozen=True)
class Row:
    """One number of a sample, now and before; `rewritten` where the answers share little.

    `against` is how it differs from its snapshot now.
    """

    number: int
    now: Side | None
    was: Side | None
    same: bool = False
    rewritten: bool = False
    against: Against | None = None

    @property
    def side(self) -> Side:
        """The sample where it is."""
        found = self.now or self.was
        assert found is not None
        return found


def rows(pair: Pair, budget: Budget) -> list[Row]:
    """Return the samples of a case as they are shown."""
    found = []
    for now, was in pair.samples:
        number = next(s.reply.sample if s.reply else 0 for s in (now, was) if s)
        stray = against(now, budget.limit) if now else None
        if now is None or was is None:
            alone = [_side(side, budget) if side else None for side in (now, was)]
            found.append(Row(number, alone[0], alone[1], against=stray))
            continue
        answers, thoughts = diff(was.said, now.said), diff(was.thinking, now.thinking)
        marked = [
            (_kind(answers.added, "added"), _kind(thoughts.added, "added")),
            (_kind(answers.removed, "removed"), _kind(thoughts.removed, "removed")),
        ]
        same = (was.said, was.thinking, was.error) == (now.said, now.thinking, now.error)
        old = None if same else _side(was, budget, *marked[1])
        new = _side(now, budget, *marked[0])
        found.append(Row(number, new, old, same, answers.rewritten, stray))
    return found


def opened(pair: Pair, shown: list[Row]) -> int:
    """Return which sample to show first: one that became worse, that missed, that changed.

    Then one that differs from its snapshot.
    """

    def urgency(i: int) -> tuple[bool, bool, bool, bool, int]:
        now, was = pair.samples[i]
        missed = now is None or now.passed is False or now.error is not None
        stray = shown[i].against is not None
        return not (missed and was and was.passed), not missed, shown[i].same, not stray, i

    return min(range(len(shown)), key=urgency)


def texts(pairs: list[Pair]) -> Iterator[str]:
    """Yield every text that the page would like to show."""
    for pair in pairs:
        for now, was in pair.samples:
            same = now and was and (now.said, now.thinking) == (was.said, was.thinking)
            for side in (now, None if same else was):
                if side:
                    yield from (side.said, side.thinking)
            if now and now.snapshot and (stray := now.snapshot.was):
                yield from (stray.answer, stray.thinking)


def command(case: str, header: Header) -> str:
    """Return what repeats a case, in one line that a shell reads as words."""
    line = visible(again(case, header.options))
    return line.replace("\n", "\\n").replace("\t", "\\t")


def place(case: str, line: int | None) -> str:
    """Return where an expectation stands, as `path:line`."""
    path = case.partition("::")[0]
    return f"{path}:{line}" if line else path


def written(args: Any) -> str:
    """Return a trait's arguments as they stand in YAML, about."""
    match args:
        case None:
            return ""
        case dict():
            return "{" + ", ".join(f"{key}: {written(value)}" for key, value in args.items()) + "}"
        case list():
            return "[" + ", ".join(map(written, args)) + "]"
        case _:
            return str(args)


def _kind(spans: list[Span], kind: Kind) -> Marks:
    return [(span, kind) for span in spans]


def _side(
    sample: Sample, budget: Budget, answer: Marks | None = None, thought: Marks | None = None
) -> Side:
    said, thinking = sample.said, sample.thinking
    loops = loops_of(sample)
    shown = show(said, budget, _layered(_evidence(sample, "answer"), answer), loops[0])
    if not thinking:
        return Side(sample, shown, None)
    marks = _layered(_evidence(sample, "thinking"), thought)
    return Side(sample, shown, show(thinking, budget, marks, loops[1]))


def _layered(evidence: Marks, changed: Marks | None) -> Marks:
    """Put changed words over what met expectations found, and what missed them over both."""
    missed = [mark for mark in evidence if mark[1] == "evidence"]
    return [*missed, *(changed or []), *(mark for mark in evidence if mark[1] != "evidence")]


def _evidence(sample: Sample, part: Literal["answer", "thinking"]) -> Marks:
    """Return the spans of the verdicts in the coordinates of the part that is shown."""
    if sample.reply is None:
        return []
    reply = sample.reply
    starts = {
        "text": 0,
        "answer": reply.text.rfind(reply.answer),
        "thinking": reply.text.find(reply.thinking),
    }
    shown = "text" if part == "answer" and not reply.thinking else part
    found: Marks = []
    for verdict in sample.verdicts:
        start = starts.get(str(verdict.evidence.get("of")), -1)
        if min(start, starts[shown]) < 0:
            continue
        shift = start - starts[shown]
        kind: Kind = "evidence" if verdict.passed is False else "found"
        spans = verdict.evidence.get("spans")
        for span in spans[:_MOST_SPANS] if isinstance(spans, list) else []:
            match span:
                case [int(a), int(b)]:
                    found.append(((a + shift, b + shift), kind))
    return found


def facts(run: Run) -> list[tuple[str, str]]:
    """Return what a record says of itself, for the reader who wants to know."""
    header = run.header
    found = [("record", run.path), ("sha256", run.digest[:16]), ("family", header.family)]
    for role, said in header.checkpoints.items():
        if said:
            told = (said.get(name) for name in ("checkpoint", "fingerprint", "environment"))
            found.append((role, " · ".join(str(one) for one in told if one)))
    options = {name: value for name, value in header.options.items() if value not in (None, [])}
    found.append(("options", written(options)))
    found.append(("versions", written(header.versions)))
    found.append(("attempt", str(header.attempt)))
    return found
