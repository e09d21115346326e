"""Examples of `equals`, `levenshtein` and `rouge_n`."""

from __future__ import annotations

import time

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row, judge

TABLES = {
    "equals": [
        Row("正面", " 正面\n", True, "'正面'"),
        Row(" Yes ", "Yes", True),
        Row({"value": "Straße", "ignore_case": True}, "STRASSE", True),
        Row("", "", True),
        Row("正面", "正面。", False, "'正面。'"),
        Row("Yes", "yes", False),
        Row({"value": "yes", "ignore_case": True}, "no", False),
    ],
    "levenshtein": [
        Row("水稻是粮食", "水稻是主粮", True, "2 edits"),
        Row({"reference": "kitten", "at_most": 3}, " sitting ", True, "3 edits"),
        Row({"reference": " kitten ", "at_most": 1}, "kittens", True, "1 edit"),
        Row({"reference": "a", "at_most": 0}, "a", True, "0 edits"),
        Row("", "abcde", True, "5 edits"),
        Row("", "abcdef", False, "more than 5 edits"),
        Row({"reference": "kitten", "at_most": 2}, "sitting", False, "more than 2 edits"),
        Row({"reference": "a", "at_most": 1}, "bc", False, "more than 1 edit"),
    ],
    "rouge_n": [
        Row("水稻是主粮", "水稻是粮食", True, "ROUGE-1 0.800"),
        Row({"reference": "The CAT sat", "n": 2}, "the cat sat down", True, "ROUGE-2 1.000"),
        Row({"reference": "a b c d", "at_least": 0.5}, "d x b", True, "ROUGE-1 0.500"),
        Row("a a a b", "a b c", False, "ROUGE-1 0.500"),
        Row({"reference": "a b c d", "n": 2, "at_least": 0.5}, "b a d c", False, "ROUGE-2 0.000"),
        Row("a", "", False, "ROUGE-1 0.000"),
    ],
}


@pytest.mark.parametrize(
    ("trait", "args", "told"),
    [
        ("levenshtein", {"reference": "a", "at_most": -1}, "at_most from 0 to 10,000 edits"),
        ("levenshtein", {"reference": "a", "at_most": 10_001}, "at_most from 0 to 10,000 edits"),
        ("rouge_n", {"reference": "a", "n": 0}, "n from 1 up and at_least in "),
        ("rouge_n", {"reference": "a", "at_least": 0}, "n from 1 up and at_least in "),
        ("rouge_n", {"reference": "a", "at_least": 1.1}, "n from 1 up and at_least in "),
        ("rouge_n", {"reference": "a b", "n": 3}, "a reference of at least 3 words"),
        ("rouge_n", "?!", "a reference of at least 1 words"),
    ],
)
def test_bounds_that_say_nothing_are_refused(trait: str, args: object, told: str) -> None:
    """What any text keeps, or none, is a mistake in the spec."""
    with pytest.raises(BadArguments, match=f"{trait} with {told}"):
        bind(trait, args)


def test_long_texts_cost_little() -> None:
    """The distance is not worked out beyond what decides."""
    start = time.process_time()
    args = {"reference": "ab" * 250_000, "at_most": 10_000}
    assert not judge("levenshtein", args, "ba cd" * 100_000).passed
    assert time.process_time() - start < 5
