"""A text cut into tokens that recur where a reader sees the same thing again.

Words (`pytest_qwen.traits.text.words`) do not serve for loops: marks recur too, numbers count up,
and a word without end must not be one token.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_qwen.traits.verdict import Span

# A token is a number, a Han or kana character, up to 12 letters, or a run of one symbol.
_TOKEN = re.compile(
    r"(?P<number>\d{1,40})|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
    r"|(?:[^\W\d_]|[\u0300-\u036f\u0900-\u0e7f]){1,12}|(?P<symbol>[^\w\s]|_)(?P=symbol){0,39}"
)
COUNTER = "0+"  # no token of a text looks so
_LONG_NUMBER, _LONGEST_NUMBER = 5, 40  # digits


class Token(NamedTuple):
    """A token folded for comparison, and where it stands."""

    fold: str
    span: Span


def tokenize(text: str) -> list[Token]:
    """Cut a text into tokens; numbers that count up, and long ones that grow, are folded alike."""
    tokens: list[Token] = []
    seen: set[int] = set()
    for match in _TOKEN.finditer(text):
        fold = match[0].lower()
        if match["number"] and len(fold) < _LONGEST_NUMBER:
            value = int(fold)
            fold = COUNTER if value - 1 in seen or len(fold) >= _LONG_NUMBER else fold
            seen.add(value)
        tokens.append(Token(fold, match.span()))
    return tokens


def span_of(tokens: list[Token], start: int, end: int) -> Span:
    """Return where tokens `start` to `end` stand in the text."""
    return tokens[start].span[0], tokens[end - 1].span[1]
