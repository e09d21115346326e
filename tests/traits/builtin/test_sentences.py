"""Examples of `sentences`."""

from __future__ import annotations

from tests.traits.table import Row

TABLE = [
    Row(2, "你好！今天是3.14。", True, "2 sentences", ((0, 3), (3, 11))),
    Row({"at_least": 2, "at_most": 3}, "One. Two. Three.", True),
    Row({"at_most": 0}, "…", True, "0 sentences", ()),
    Row({"at_least": 1}, "没有句号", True, "1 sentence"),
    Row(1, "一。二。", False),
    Row({"at_least": 3}, "一。二。", False),
    Row({"at_most": 1}, "一。二。", False),
]  # fmt: skip
