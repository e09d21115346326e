"""Examples of `contains`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

TABLE = [
    Row("水稻", "种水稻。", True, "'水稻' in it", ((1, 3),)),
    Row(["水稻", "小麦"], "水稻和小麦", True, "'水稻' and '小麦' in it", ((0, 2), (3, 5))),
    Row({"substrings": "RICE", "ignore_case": True}, "Rice grows.", True, spans=((0, 4),)),
    Row("a.c", "a.c", True),
    Row(["水稻", "玉米", "大豆"], "水稻", False, "text without '玉米' and '大豆'", ((0, 2),)),
    Row("RICE", "Rice grows.", False),
    Row("a.c", "abc", False),
    Row("x", "", False, "text without 'x'", ()),
]  # fmt: skip


@pytest.mark.parametrize("substrings", ["", [], ["a", ""]])
def test_nothing_to_look_for_is_refused(substrings: object) -> None:
    """An empty substring would be in every text."""
    with pytest.raises(BadArguments, match="contains with some text to look for"):
        bind("contains", substrings)
    if isinstance(substrings, list):
        with pytest.raises(BadArguments, match="contains_any with some text to look for"):
            bind("contains_any", substrings)
