"""Words added and removed between two texts, Chinese and English; rapidfuzz is imported here only.

A Chinese character is a word, since no dictionary is at hand; so is every space and mark.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import NamedTuple

from rapidfuzz.distance import Indel

from pytest_qwen.core.text import words
from pytest_qwen.core.verdict import Span

_MOST = 6000
"""Tokens from the first difference on that are compared: memory goes with their product."""

_ALIKE = 0.4
"""The share of equal characters below which a diff would be confetti: the text is another."""

_GAP = re.compile(r"\s+|.", re.DOTALL)


class Diff(NamedTuple):
    """What only the old text has, and what only the new one; `rewritten` where little is shared."""

    removed: list[Span]
    added: list[Span]
    rewritten: bool


def tokens(text: str) -> list[str]:
    """Cut a text into words, Han characters, runs of whitespace and single marks.

    >>> tokens("用 PyTorch 2.1。")
    ['用', ' ', 'PyTorch', ' ', '2.1', '。']
    """
    found, at = [], 0
    for start, end in words(text):
        found += _GAP.findall(text, at, start)
        found.append(text[start:end])
        at = end
    return found + _GAP.findall(text, at)


def diff(old: str, new: str) -> Diff:
    """Compare two texts by words; time and memory are bounded for any length."""
    if old == new:
        return Diff([], [], rewritten=False)
    before, now = tokens(old), tokens(new)
    same = next(
        (i for i, (a, b) in enumerate(zip(before, now, strict=False)) if a != b),
        min(len(before), len(now)),
    )
    rest = before[same : same + _MOST], now[same : same + _MOST]
    blocks = [
        (o.tag, o.src_start, o.src_end, o.dest_start, o.dest_end) for o in Indel.opcodes(*rest)
    ]
    at_old = list(accumulate(map(len, before), initial=0))
    at_new = list(accumulate(map(len, now), initial=0))
    removed = [
        (at_old[same + a], at_old[same + b]) for t, a, b, _, _ in blocks if t != "equal" and a < b
    ]
    added = [
        (at_new[same + a], at_new[same + b]) for t, _, _, a, b in blocks if t != "equal" and a < b
    ]
    removed += [(at_old[same + _MOST], len(old))] if len(before) > same + _MOST else []
    added += [(at_new[same + _MOST], len(new))] if len(now) > same + _MOST else []
    changed = sum(b - a for a, b in removed + added)
    rewritten = bool(old and new) and changed > (1 - _ALIKE) * (len(old) + len(new))
    return Diff(_joined(removed, old), _joined(added, new), rewritten)


def _joined(spans: list[Span], text: str) -> list[Span]:
    """Join what only whitespace parts, so that a replaced sentence is one mark."""
    found: list[Span] = []
    for start, end in spans:
        if found and not text[found[-1][1] : start].strip():
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found
