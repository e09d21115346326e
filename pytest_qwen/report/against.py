"""Two texts in one, words removed before words added; a sample against its snapshot."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_qwen.messages.visible import visible
from pytest_qwen.record.snapshot_text import KEPT
from pytest_qwen.report.diff import together
from pytest_qwen.report.lines import Sample, Stray
from pytest_qwen.report.marks import Budget, Kind, Piece, Shown, language, show
from pytest_qwen.traits.verdict import Span

CONTEXT = 60
"""Characters of what is the same that stay on both sides of what changed."""


def merged(old: str, new: str, limit: int) -> list[Shown]:
    """Return one text with what was removed and added, or both texts where they share little.

    What is the same for long is left out, and so is all when `limit` characters are shown.
    """
    if (found := together(old, new)) is None:
        budget = Budget.of(limit)
        return [show(old, budget), show(new, budget)]
    text, removed, added = found
    sides: tuple[tuple[list[Span], Kind], ...] = (removed, "removed"), (added, "added")
    changed = sorted((span, kind) for spans, kind in sides for span in spans)
    pieces: list[Piece] = []
    at, left = 0, limit
    for (start, end), kind in changed:
        if left <= 0:
            break
        before = _same(text[at:start], CONTEXT * bool(pieces), CONTEXT)
        at = min(end, start + left)
        pieces += [*before, Piece(text[start:at], kind)]
        left -= at - start + sum(len(piece.text) for piece in before)
    whole = all(end <= at for (_, end), _ in changed)
    rest = _same(text[at:], CONTEXT, 0) if whole else [Piece("", "gap", len(text) - at)]
    return [Shown([*pieces, *rest], language(text))]


def _same(text: str, head: int, tail: int) -> list[Piece]:
    """Return the ends of a text with a gap between them, or all of it where that is no longer."""
    gap = len(text) - head - tail
    if gap <= CONTEXT:
        return [Piece(text)] if text else []
    ends = [Piece(text[:head]), Piece("", "gap", gap), Piece(text[len(text) - tail :])]
    return [piece for piece in ends if piece.text or piece.kind]


@dataclass(frozen=True)
class Against:
    """How a sample differs from its snapshot.

    Of a part that differs: one text with its changes, or the snapshot's and that of now.
    """

    stray: Stray
    answer: list[Shown]
    thinking: list[Shown]
    ended: bool


def against(sample: Sample, limit: int) -> Against | None:
    """Return what the page shows of a sample that differs from its snapshot, else None."""
    stray, reply = sample.snapshot, sample.reply
    if stray is None or reply is None:
        return None
    was = stray.was
    if was is None:
        return Against(stray, [], [], ended=False)
    parts = []
    for old, now in ((was.answer, sample.said), (was.thinking, sample.thinking)):
        before, after = visible(old), visible(now)[: KEPT if was.left_out else None]
        parts.append(merged(before, after, limit) if before != after else [])
    ended = (was.finish, was.thinking_state) != (reply.finish, reply.thinking_state)
    return Against(stray, parts[0], parts[1], ended)
