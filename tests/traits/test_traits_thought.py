"""Examples of `thinking_tokens`, `overthinks` and `majority_answer`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

LOOKS = "2+3=5. Wait, let me double-check. 2+3=5. Hmm, I should verify: 5. Let me check again."
CITY = {"value": "Paris", "others": ["Lyon", "Nice"]}
TABLES = {
    "thinking_tokens": [
        Row({"at_most": 64}, "", True, "64 tokens of thinking", reply={"n_thinking_tokens": 64}),
        Row({"at_least": 1}, "", True, "1 token of thinking", reply={"n_thinking_tokens": 1}),
        Row(2, "", True, "2 words of thinking", reply={"thinking": "水稻"}),
        Row({"at_most": 64}, "", False, "65 tokens of thinking", reply={"n_thinking_tokens": 65, "thinking": "水稻"}),
        Row({"at_least": 1}, "", False, "0 tokens of thinking", reply={"thinking": ""}),
        Row({"at_least": 1}, "", False, "0 tokens of thinking"),
    ],
    "overthinks": [
        Row(5, LOOKS, True, "5 second looks, 4.75 words of thinking for each of the prompt", ((7, 11), (20, 32), (41, 44), (46, 61), (66, 84)), "What is 2+3?"),
        Row(None, "等等，再检查一遍。不对，重新计算。换个方法：先加。再验算一下。", True, prompt="1+1？"),
        Row({"rechecks": 9, "ratio": 4.7}, LOOKS, True, prompt="What is 2+3?"),
        Row({"rechecks": 3}, "WAIT. wait. Wait.", True),
        Row(6, LOOKS, False, prompt="What is 2+3?"),
        Row({"rechecks": 9, "ratio": 3}, "one two three", False, prompt=""),
        Row({"rechecks": 9, "ratio": 3}, "one two three four", True, prompt=""),
        Row({"rechecks": 9}, LOOKS, False),
        Row(None, "The waiter checks in again.", False, "0 second looks, 5 words of thinking for each of the prompt", ()),
        Row(None, "", False),
    ],
    "majority_answer": [
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
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    "raw", ["Paris", {"value": 14, "others": ["9"]}, {"value": "a", "others": []}]
)
def test_votes_must_be_readable(raw):
    """A text wins a majority only over other texts that are known."""
    with pytest.raises(BadArguments, match="majority_answer with a number, or a text and the"):
        bind("majority_answer", raw)
