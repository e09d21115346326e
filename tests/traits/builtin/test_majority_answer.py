"""Examples of `majority_answer`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

CITY = {"value": "Paris", "others": ["Lyon", "Nice"]}
TABLE = [
    Row(14, ["所以是 14。", "答案：14", "12 - 3 = 9"], True, "2 votes for it, 1 for 9"),
    Row(14, ["14", "9", "8", "14.0"], True, "2 votes for it, 1 for 9"),
    Row(14, ["It is fourteen.", "unknown", "who knows"], True, "1 vote for it"),
    Row(CITY, ["Paris.", "It is paris, not Lyon.", "Lyon"], True, "2 votes for it, 1 for Lyon"),
    Row(CITY, ["Lyon", "Nice, not Paris", "Paris", "Rome", "Lyon"], False, "1 vote for it, 2 for Lyon"),
    Row(CITY, ["Paris", "Lyon, or Nice"], False, "1 vote for it, 1 for Nice"),
    Row(CITY, ["Nice", "Nice"], False, "0 votes for it, 2 for Nice"),
    Row(14, ["14", "9"], False, "1 vote for it, 1 for 9"),
    Row(14, ["14", "9", "9"], False),
    Row(9.11, ["9.11比9.8小。"], True, prompt="哪个更小？"),
    Row(9.8, ["9.11比9.8小。"], False, "0 votes for it, 1 for 911/100", prompt="哪个更小？"),
    Row(14, ["no number"], False, "0 votes for it"),
]  # fmt: skip


@pytest.mark.parametrize(
    "raw", ["Paris", {"value": 14, "others": ["9"]}, {"value": "a", "others": []}]
)
def test_votes_must_be_readable(raw):
    """A text wins a majority only over other texts that are known."""
    with pytest.raises(BadArguments, match="majority_answer with a number, or a text and the"):
        bind("majority_answer", raw)
