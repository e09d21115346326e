"""Examples of `contains_any`."""

from __future__ import annotations

from tests.traits.table import Row

TABLE = [
    Row(["玉米", "水稻"], "种水稻。", True, "'水稻' in it", ((1, 3),)),
    Row(["水稻", "小麦"], "小麦和水稻", True, "'水稻' and '小麦' in it", ((3, 5), (0, 2))),
    Row({"substrings": ["RICE", "x"], "ignore_case": True}, "Rice grows.", True, "'Rice' in it", ((0, 4),)),
    Row(["a.c"], "abc", False),
    Row(["RICE"], "Rice grows.", False),
    Row(["玉米", "大豆"], "水稻", False, "text without '玉米' or '大豆'", ()),
]  # fmt: skip
