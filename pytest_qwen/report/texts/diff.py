"""Words added and removed between two texts, Chinese and English; rapidfuzz is imported here only.

A Chinese character is a word, since no dictionary is at hand; so is every space and mark.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import NamedTuple

from rapidfuzz.distance import Indel

from pytest_qwen.report.texts.marks import Span

_MOST = 6000
"""Tokens between the first difference and the last that are compared: memory is their product."""

_ALIKE = 0.4
"""The share of equal tokens below which a diff would be confetti: the text is another."""

_HAN = "\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_HAN}]|\d+(?:[.,]\d+)*|(?:(?![{_HAN}])[^\W\d_])+|\s+|.", re.DOTALL)


class Diff(NamedTuple):
    """What only the old text has, and what only the new one; `rewritten` where little is shared."""

    removed: list[Span]
    added: list[Span]
    rewritten: bool = False


def tokens(text: str) -> list[str]:
    """Cut a text into words, Han characters, numbers, runs of whitespace and single marks.

    >>> tokens("用 PyTorch 2.1。")
    ['用', ' ', 'PyTorch', ' ', '2.1', '。']
    """
    return _TOKEN.findall(text)


def diff(old: str, new: str) -> Diff:
    """Compare two texts by words; time and memory are bounded for any length."""
    if old == new:
        return Diff([], [])
    before, now = tokens(old), tokens(new)
    changes = _changes(before, now)
    if changes is None:
        return Diff([], [], rewritten=True)
    return Diff(
        _spans(before, [change.old for change in changes]),
        _spans(now, [change.new for change in changes]),
    )


def together(old: str, new: str) -> tuple[str, list[Span], list[Span]] | None:
    """Return the new text with what was removed before what was added, and the spans of both.

    None where the texts share too little.

    >>> together("a b c d", "a x c y z d")
    ('a bx c y z d', [(2, 3)], [(3, 4), (6, 10)])
    """
    before, now = tokens(old), tokens(new)
    changes = _changes(before, now)
    if changes is None:
        return None
    text, removed, added = "", list[Span](), list[Span]()
    at = 0
    for change in _joined(changes, now):
        text += "".join(now[at : change.new[0]])
        sides = (before[slice(*change.old)], removed), (now[slice(*change.new)], added)
        for words, spans in sides:
            start, text = len(text), text + "".join(words)
            if words:
                spans.append((start, len(text)))
        at = change.new[1]
    return text + "".join(now[at:]), removed, added


class _Change(NamedTuple):
    """Tokens of the old text, and those of the new one in their place; either may be none."""

    old: Span
    new: Span


def _changes(before: list[str], now: list[str]) -> list[_Change] | None:
    """Return what differs between two lists of tokens, None where they share too little."""
    start = _same(before, now)
    end = _same(before[start:][::-1], now[start:][::-1])
    middles = before[start : len(before) - end], now[start : len(now) - end]
    compared = middles[0][:_MOST], middles[1][:_MOST]
    late = [len(middle) - len(part) for middle, part in zip(middles, compared, strict=True)]
    size = len(before) + len(now)
    if before and now and Indel.distance(*compared) + sum(late) > (1 - _ALIKE) * size:
        return None
    changes = [
        _Change(
            (start + block.src_start, start + block.src_end),
            (start + block.dest_start, start + block.dest_end),
        )
        for block in Indel.opcodes(*compared)
        if block.tag != "equal"
    ]
    if any(late):
        rest = zip(compared, (before, now), strict=True)
        changes.append(_Change(*((start + len(part), len(text) - end) for part, text in rest)))
    return changes


def _joined(changes: list[_Change], now: list[str]) -> list[_Change]:
    """Make one of changes that only whitespace parts: words read better whole."""
    joined: list[_Change] = []
    for old, new in changes:
        if joined and not "".join(now[joined[-1].new[1] : new[0]]).strip():
            last = joined.pop()
            joined.append(_Change((last.old[0], old[1]), (last.new[0], new[1])))
        else:
            joined.append(_Change(old, new))
    return joined


def _same(some: list[str], others: list[str]) -> int:
    """Return how many tokens two lists begin with alike."""
    pairs = enumerate(zip(some, others, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(some), len(others)))


def _spans(words: list[str], changed: list[Span]) -> list[Span]:
    """Return changed tokens as spans of the text; what only whitespace parts is one span."""
    starts = list(accumulate(map(len, words), initial=0))
    joined: list[Span] = []
    for start, end in (span for span in changed if span[0] < span[1]):
        if joined and not "".join(words[joined[-1][1] : start]).strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [(starts[start], starts[end]) for start, end in joined]
