"""Examples of `bullets`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

LIST = "- 水稻\n- 小麦\n- 玉米"
TABLE = [
    Row(3, LIST, True, "3 points", ((0, 4), (5, 9), (10, 14))),
    Row({"at_least": 2, "at_most": 3}, "要点：\n1. 水稻\n2) 小麦\n3、玉米", True),
    Row(2, "一、水稻\n十二、小麦", True),
    Row(2, "（1）水稻\n(2)小麦", True),
    Row(2, "* 水稻\n• 小麦", True),
    Row(1, "- 水稻\n  - 早稻\n  - 晚稻", True, "1 point", ((0, 4),)),
    Row(2, "  - 早稻\n  - 晚稻", True, spans=((2, 6), (9, 13))),
    Row({"exactly": 1, "marker": "*"}, "* 水稻\n- 小麦", True),
    Row({"exactly": 2, "marker": ["-", "number"]}, "- 水稻\n* 小麦\n1. 玉米", True),
    Row({"exactly": 0, "marker": "number"}, LIST, True, "0 points", ()),
    Row(3, "1）水稻\n① 小麦\n百、玉米", True),
    Row(4, "•水稻\n● 小麦\n· 玉米\n＊ 大豆", True),
    Row({"exactly": 2, "marker": "+"}, "+ 水稻\n+ 小麦\n- 玉米", True),
    Row({"exactly": 2, "marker": "•"}, "● 水稻\n▪ 小麦\n－ 玉米", True),
    Row(0, "---\n***\n* * *\n-水稻\n3.14 是圆周率", True),
    Row(2, LIST, False),
    Row({"at_least": 4}, LIST, False),
    Row({"at_most": 2}, LIST, False),
    Row(1, "", False),
]  # fmt: skip


def test_a_kind_of_marker_is_needed() -> None:
    """An empty list of markers would let no point count."""
    with pytest.raises(BadArguments, match="at least one kind of marker"):
        bind("bullets", {"exactly": 1, "marker": []})
