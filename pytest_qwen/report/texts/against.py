"""Two texts in one, words removed before words added; a sample against its snapshot."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_qwen.messages.visible import visible
from pytest_qwen.record.parts import SnapshotDifference
from pytest_qwen.record.schema import SampleLine
from pytest_qwen.record.snapshot_text import KEPT
from pytest_qwen.report.texts.diff import together
from pytest_qwen.report.texts.marks import Kind, Shown, Span, TextBudget, TextPiece, language, show

CONTEXT = 60
"""Characters of what is the same that stay on both sides of what changed."""


def merged(old: str, new: str, limit: int) -> list[Shown]:
    """Return one text with what was removed and added, or both texts where they share little.

    What is the same for long is left out, and so is all when `limit` characters are shown.
    """
    if (both := together(old, new)) is None:
        budget = TextBudget.of(limit)
        return [show(text, budget)._replace(recorded=False) for text in (old, new)]
    text, removed, added = both
    sides: tuple[tuple[list[Span], Kind], ...] = (removed, "removed"), (added, "added")
    changed = sorted((span, kind) for spans, kind in sides for span in spans)
    pieces: list[TextPiece] = []
    at, left = 0, limit
    for (start, end), kind in changed:
        if left <= 0:
            break
        before = _same(text[at:start], CONTEXT * bool(pieces), CONTEXT)
        at = min(end, start + left)
        pieces += [*before, TextPiece(text[start:at], kind)]
        left -= at - start + sum(len(piece.text) for piece in before)
    all_shown = all(end <= at for (_, end), _ in changed)
    rest = _same(text[at:], CONTEXT, 0) if all_shown else [TextPiece("", "gap", len(text) - at)]
    return [Shown([*pieces, *rest], language(text), recorded=False)]


def _same(text: str, head: int, tail: int) -> list[TextPiece]:
    """Return the ends of a text with a gap between them, or all of it where that is no longer."""
    gap = len(text) - head - tail
    if gap <= CONTEXT:
        return [TextPiece(text)] if text else []
    ends = TextPiece(text[:head]), TextPiece("", "gap", gap), TextPiece(text[len(text) - tail :])
    return [piece for piece in ends if piece.text or piece.kind]


@dataclass(frozen=True)
class AgainstSnapshot:
    """How a sample differs from its snapshot.

    Of a part that differs: one text with its changes, or the snapshot's and that of now.
    """

    stray: SnapshotDifference
    answer: list[Shown]
    thinking: list[Shown]
    ended: bool


def against(sample: SampleLine, limit: int) -> AgainstSnapshot | None:
    """Return what the page shows of a sample that differs from its snapshot, else None."""
    stray, reply = sample.snapshot, sample.reply
    if not stray or reply is None:
        return None
    was = stray.was
    if was is None:
        return AgainstSnapshot(stray, [], [], ended=False)
    parts = []
    for old, now in ((was.answer, sample.shown), (was.thinking, sample.thought)):
        before, after = visible(old), visible(now)[: KEPT if was.left_out else None]
        parts.append(merged(before, after, limit) if before != after else [])
    ended = (was.finish, was.thinking_state) != (reply.finish, reply.thinking_state)
    return AgainstSnapshot(stray, parts[0], parts[1], ended)
