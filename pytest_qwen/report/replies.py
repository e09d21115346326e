"""The view of a case's samples: replies with their verdicts, and dots that lead to them."""

from __future__ import annotations

from typing import NamedTuple

from pytest_qwen.messages.reason import Reason, from_json
from pytest_qwen.record.parts import Judgement
from pytest_qwen.record.schema import SampleLine
from pytest_qwen.report.badges import Badge
from pytest_qwen.report.compare import ComparedCase
from pytest_qwen.report.snapshot_view import SnapshotView, snapshot_view
from pytest_qwen.report.texts.marked import SampleRow, SampleTexts, opened, rows
from pytest_qwen.report.texts.marks import Shown, TextBudget
from pytest_qwen.report.texts.parts import answer_tokens, thinking_tokens
from pytest_qwen.report.words import Phrase, Words

_QUIET = frozenset({"absent", "closed"})
"""States of thinking that need no badge."""


class ReplyView(NamedTuple):
    """A reply: sample, end, tokens and seed in a line, its texts, then its verdicts.

    `label` says whose it is where two stand side by side; without a reply `about` is "".
    """

    label: str
    about: str
    badges: list[Badge]
    answer: Shown | None
    thinking: Shown | None
    thinking_state: str
    thinking_tokens: str
    failures: list[Phrase]
    others: list[Phrase]
    note: str = ""


class SampleView(NamedTuple):
    """A sample: one reply `alone`, or `two`, of baseline and candidate, and its snapshot.

    `same` says that the baseline has the same text.
    """

    id: str
    same: bool
    alone: ReplyView | None
    two: list[ReplyView]
    snapshot: SnapshotView | None


class SampleDot(NamedTuple):
    """A sign that leads to its sample; `kind` is its class in the style."""

    href: str
    kind: str
    title: str
    sign: str
    current: bool


class Samples(NamedTuple):
    """The dots, the sample to see first, and the others."""

    dots: list[SampleDot]
    first: SampleView
    others: list[SampleView]
    others_label: str

    @classmethod
    def of(cls, case: ComparedCase, budget: TextBudget, words: Words) -> Samples:
        """Make the views."""
        shown = rows(case, budget)
        place = opened(case, shown)
        views = [_sample(case, row, i, words) for i, row in enumerate(shown)]
        dots = [_dot(case, row, i, words, current=i == place) for i, row in enumerate(shown)]
        first = views.pop(place)
        return cls(dots, first, views, words("more_samples", n=len(views)))


def reason(verdict: Judgement) -> str:
    """Return why a verdict is as it is: a `Reason` where the record has its code."""
    return from_json(verdict.evidence.get("reason")) or verdict.got


def reply_view(texts: SampleTexts, words: Words, label: str = "") -> ReplyView:
    """Return the view of one reply with its verdicts."""
    sample, thinking = texts.sample, thinking_tokens(texts.sample)
    reply = sample.reply
    about, badges, state = "", [], ""
    if reply:
        tokens, state = answer_tokens(sample), reply.thinking_state
        about = f"{words.sample} {reply.sample} · {reply.finish} · {words('n_tokens', n=tokens)}"
        about += f" · {words.seed} {reply.seed}"
        badges = [Badge(words.truncated)] * sample.truncated
        badges += [Badge(f"{words.thinking} {state}")] * (state not in _QUIET)
    failures, others = _verdicts(sample, words)
    return ReplyView(
        label=label,
        about=about,
        badges=badges,
        answer=texts.answer if reply else None,
        thinking=texts.thinking,
        thinking_state=state,
        thinking_tokens=words("n_tokens", n=thinking),
        failures=failures,
        others=others,
    )


def _verdicts(sample: SampleLine, words: Words) -> tuple[list[Phrase], list[Phrase]]:
    """Return what failed, a phrase each, and the other verdicts in as few as can be."""
    failures: list[Phrase] = []
    others: list[Phrase] = []
    if error := sample.error:
        message = error.reason
        kinds = {"skipped": words.skipped, "missing": words.missing}
        kind = kinds.get(error.kind, error.kind) if isinstance(message, Reason) else error.kind
        failures.append(words.phrase(message, 2000, f"! {kind}"))
    for verdict in sample.verdicts:
        sign = {None: "–", True: "✓", False: "✗"}[verdict.met]
        phrase = words.phrase(reason(verdict), 240, f"{sign} {verdict.called[:80]}")
        (failures if verdict.met is False else others).append(phrase)
    return failures, words.paragraphs(others)


def _sample(case: ComparedCase, row: SampleRow, i: int, words: Words) -> SampleView:
    snapshot = snapshot_view(row.against, words) if row.against else None
    if row.same or not case.compared:
        alone = _side(row.now, words, "")
        return SampleView(f"{case.id}.{i}", row.same, alone, [], snapshot)
    now = _side(row.now, words, words.candidate)
    note = words.rewritten if row.rewritten else ""
    two = [_side(row.was, words, words.baseline), now._replace(note=note)]
    return SampleView(f"{case.id}.{i}", row.same, None, two, snapshot)


def _side(texts: SampleTexts | None, words: Words, label: str) -> ReplyView:
    if texts:
        return reply_view(texts, words, label)
    return ReplyView(label, words.no_sample, [], None, None, "", "", [], [])


def _dot(case: ComparedCase, row: SampleRow, i: int, words: Words, *, current: bool) -> SampleDot:
    now = row.now.sample if row.now else None
    was = row.was.sample if row.was else now if row.same else None
    reply = next((s.reply for s in (now, was) if s), None)
    failed = now is None or now.error is not None or now.met is False
    changed = (case.compared and not row.same) or row.against is not None
    before = f"{_sign(was)}→" if case.compared and row.was and row.now else ""
    seed = f"{words.seed} {reply.seed if reply else '–'}"
    return SampleDot(
        href=f"#{case.id}.{i}",
        kind="dot" + " no" * failed + " changed" * changed,
        title=f"{words.sample} {row.number}{words.comma}{seed}",
        sign=before + _sign(now),
        current=current,
    )


def _sign(sample: SampleLine | None) -> str:
    if sample is None:
        return "·"
    if sample.error:
        return "!"
    return {None: "–", True: "✓", False: "✗"}[sample.met]
