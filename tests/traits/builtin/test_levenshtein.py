"""Examples of `levenshtein`."""

from __future__ import annotations

import time

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row, judge

TABLE = [
Row("水稻是粮食", "水稻是主粮", True, "2 edits"),
Row({"reference": "kitten", "at_most": 3}, " sitting ", True, "3 edits"),
Row({"reference": " kitten ", "at_most": 1}, "kittens", True, "1 edit"),
Row({"reference": "a", "at_most": 0}, "a", True, "0 edits"),
Row("", "abcde", True, "5 edits"),
Row("", "abcdef", False, "more than 5 edits"),
Row({"reference": "kitten", "at_most": 2}, "sitting", False, "more than 2 edits"),
Row({"reference": "a", "at_most": 1}, "bc", False, "more than 1 edit"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"reference": "a", "at_most": -1}, "at_most from 0 to 10,000 edits"),
        ({"reference": "a", "at_most": 10_001}, "at_most from 0 to 10,000 edits"),
    ],
)
def test_bounds_that_say_nothing_are_refused(args: object, expected: str) -> None:
    """What any text keeps, or none, is a mistake in the spec."""
    with pytest.raises(BadArguments, match=f"levenshtein with {expected}"):
        bind("levenshtein", args)


def test_long_texts_cost_little() -> None:
    """The distance is not worked out beyond what decides."""
    start = time.process_time()
    args = {"reference": "ab" * 250_000, "at_most": 10_000}
    assert not judge("levenshtein", args, "ba cd" * 100_000).passed
    assert time.process_time() - start < 5
