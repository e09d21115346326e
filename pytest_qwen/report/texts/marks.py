"""A text as the page shows it: pieces with marks, long stretches left out, loops shown once."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

from pytest_qwen.messages.visible import visible

Span = tuple[int, int]
"""Where a stretch of text begins and ends."""

Kind = Literal["", "evidence", "found", "loop", "removed", "added", "gap"]
"""What a piece is: plain text, or why it is marked, or a gap. `evidence` is of an expectation that
failed, `found` of one that was met."""

AROUND = 200
"""Characters that stay on both sides of evidence in a part that is left out."""


class TextPiece(NamedTuple):
    """A stretch of text, or what stands for one; `times` says how often a loop has it."""

    text: str
    kind: Kind = ""
    left_out: int = 0
    times: int = 0

    @property
    def shown(self) -> str:
        """The text; ends of lines are seen where they were removed or added."""
        return self.text.replace("\n", "⏎\n") if self.kind in {"removed", "added"} else self.text


class Loop(NamedTuple):
    """Where a text repeats one unit: its first round, the end of the last, and how often."""

    start: int
    first_end: int
    end: int
    times: int


class Shown(NamedTuple):
    """A text in pieces; `full` is all of it, compressed, where something is left out.

    `recorded` says whether the record has what is left out.
    """

    pieces: list[TextPiece]
    language: str
    full: str = ""
    recorded: bool = True

    @property
    def gap(self) -> str:
        """The name of the text that stands for what is left out."""
        return "left_out_recorded" if self.recorded and not self.full else "left_out"


class TextBudget:
    """How much of each text the page shows, and how much it may keep compressed besides."""

    def __init__(
        self, texts: Iterable[str], shown: int = 6_000_000, packed: int = 4_000_000
    ) -> None:
        """Find the limit of a text so that all texts, in UTF-8, have at most `shown` bytes."""
        all_texts = list(texts)
        lengths = list(map(len, all_texts))
        wide = sum(len(text.encode("utf-8", "replace")) for text in all_texts) / max(
            1, sum(lengths)
        )
        limits = (20_000, 6000, 3000, 1500, 800, 400, 200)
        fits = (n for n in limits if sum(min(size, n) for size in lengths) * wide <= shown)
        self.limit = next(fits, 100)
        self.left = packed

    @classmethod
    def of(cls, limit: int) -> TextBudget:
        """Show at most `limit` characters of a text, and keep none besides."""
        budget = cls((), packed=0)
        budget.limit = limit
        return budget

    def pack(self, text: str) -> str:
        """Return a text as base64 of a zlib stream, "" where the page would grow too large."""
        if self.left <= 0:
            return ""
        data = zlib.compress(visible(text).encode("utf-8", "replace"), 6)
        packed = base64.b64encode(data).decode("ascii")
        if len(packed) > self.left:
            return ""
        self.left -= len(packed)
        return packed


def show(
    text: str, budget: TextBudget, marks: Iterable[tuple[Span, Kind]] = (), loop: Loop | None = None
) -> Shown:
    """Cut a text into pieces.

    Args:
        text: any text.
        budget: what the page has room for.
        marks: what to mark; where marks overlap, the first wins.
        loop: the repetition to show once.
    """
    marks = list(marks)
    paint = bytearray(len(text))  # what each character is, as a place in _KINDS
    for span, kind in reversed(marks):
        _fill(paint, span, kind)
    folded = loop.end - loop.first_end if loop else 0
    if len(text) - folded > budget.limit * 1.2:
        _leave_out(paint, budget.limit, [span for span, _ in marks[:3]])
    if loop:
        _fill(paint, (loop.start, loop.first_end), "loop")
        _fill(paint, (loop.first_end, loop.end), "gap")
    pieces = []
    for run in _RUN.finditer(paint):
        kind, (start, end) = _KINDS[run[0][0]], run.span()
        if kind == "gap":
            times = loop.times if loop and start <= loop.first_end < end else 0
            pieces.append(TextPiece("", kind, end - start, times))
        else:
            pieces.append(TextPiece(text[start:end], kind))
    cut = any(piece.kind == "gap" for piece in pieces)
    return Shown(pieces, language(text), budget.pack(text) if cut else "")


_KINDS = get_args(Kind)
_RUN = re.compile(b"|".join(re.escape(bytes([kind])) + b"+" for kind in range(len(_KINDS))))


def _fill(paint: bytearray, span: Span, kind: Kind) -> None:
    start, end = max(0, span[0]), min(span[1], len(paint))
    if start < end:
        paint[start:end] = bytes([_KINDS.index(kind)]) * (end - start)


def _leave_out(paint: bytearray, limit: int, spans: list[Span]) -> None:
    """Leave out the middle, but not what is around the first marks."""
    size, head = len(paint), limit * 2 // 3
    kept = [(0, head), (size - limit // 3, size)]
    kept += [(a - AROUND, min(b, a + AROUND) + AROUND) for a, b in spans]
    at = 0
    for start, end in sorted(kept):
        if start - at > AROUND:  # fewer are not worth a gap
            _fill(paint, (at, start), "gap")
        at = max(at, end)


_CHINESE = re.compile(r"[\u3400-\u9fff]")


def language(text: str) -> str:
    """Return the language in which a browser shows a text: `zh` where it has Han characters.

    No text has none: what stands in its place is in the page's language.
    """
    return "zh" if _CHINESE.search(text) else "en" if text else ""
