"""Examples of `rouge_n`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

TABLE = [
Row("水稻是主粮", "水稻是粮食", True, "ROUGE-1 0.800"),
Row({"reference": "The CAT sat", "n": 2}, "the cat sat down", True, "ROUGE-2 1.000"),
Row({"reference": "a b c d", "at_least": 0.5}, "d x b", True, "ROUGE-1 0.500"),
Row("a a a b", "a b c", False, "ROUGE-1 0.500"),
Row({"reference": "a b c d", "n": 2, "at_least": 0.5}, "b a d c", False, "ROUGE-2 0.000"),
Row("a", "", False, "ROUGE-1 0.000"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"reference": "a", "n": 0}, "n from 1 up and at_least in "),
        ({"reference": "a", "at_least": 0}, "n from 1 up and at_least in "),
        ({"reference": "a", "at_least": 1.1}, "n from 1 up and at_least in "),
        ({"reference": "a b", "n": 3}, "a reference of at least 3 words"),
        ("?!", "a reference of at least 1 words"),
    ],
)
def test_bounds_that_say_nothing_are_refused(args: object, expected: str) -> None:
    """What any text keeps, or none, is a mistake in the spec."""
    with pytest.raises(BadArguments, match=f"rouge_n with {expected}"):
        bind("rouge_n", args)
