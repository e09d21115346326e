"""Examples of `in_order`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

TABLE = [
Row(["洗", "切", "炒"], "炒之前先洗，再切，最后炒。", True, "all of them in this order", ((4, 5), (7, 8), (11, 12))),
Row(["a", "A"], "a, a", True),
Row(["aa", "a"], "aa", False, "no 'a' after 'aa'", ((0, 2),)),
Row(["cook", "Wash"], "wash, then COOK", False, "no 'Wash' after 'cook'"),
Row(["洗", "切"], "切", False, "no '洗'", ()),
Row(["洗", "切", "炒"], "洗 炒 切", False, "no '炒' after '切'", ((0, 1), (4, 5))),
]  # fmt: skip

EQUIVALENT = {"in_order: 0 → -1": "a search from -1 on begins at the start as well"}


@pytest.mark.parametrize("items", [["a"], ["a", ""]])
def test_arguments(items: list[str]) -> None:
    """One text has no order, and an empty one no place."""
    with pytest.raises(BadArguments, match="two texts or more"):
        bind("in_order", items)
