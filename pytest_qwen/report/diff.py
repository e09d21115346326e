"""Words added and removed between two texts, Chinese and English; rapidfuzz is imported here only.

A Chinese character is a word, since no dictionary is at hand; so is every space and mark.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import NamedTuple

from rapidfuzz.distance import Indel

from pytest_qwen.core.verdict import Span

_MOST = 6000
"""Tokens from the first difference on that are compared: memory goes with their product."""

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
    pairs = enumerate(zip(before, now, strict=False))
    same = next((i for i, (a, b) in pairs if a != b), min(len(before), len(now)))
    rest = before[same : same + _MOST], now[same : same + _MOST]
    size = len(before) + len(now)
    late = size - 2 * same - len(rest[0]) - len(rest[1])
    if old and new and Indel.distance(*rest) + late > (1 - _ALIKE) * size:
        return Diff([], [], rewritten=True)
    blocks = [block for block in Indel.opcodes(*rest) if block.tag != "equal"]
    removed = [(block.src_start, block.src_end) for block in blocks]
    added = [(block.dest_start, block.dest_end) for block in blocks]
    return Diff(_spans(before, same, removed), _spans(now, same, added))


def _spans(said: list[str], same: int, changed: list[Span]) -> list[Span]:
    """Return changed tokens as spans of the text; what only whitespace parts is one span."""
    starts = list(accumulate(map(len, said), initial=0))
    found: list[Span] = []
    end = 0  # the token behind the last span
    for a, b in [*changed, (_MOST, max(_MOST, len(said) - same))]:
        if a == b:
            continue
        start = same + a
        if found and "".join(said[end:start]).isspace() or (found and end == start):
            found[-1] = (found[-1][0], starts[same + b])
        else:
            found.append((starts[start], starts[same + b]))
        end = same + b
    return found
