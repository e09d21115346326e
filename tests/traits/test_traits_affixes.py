"""Examples of `starts_with` and `ends_with`."""

from __future__ import annotations

from tests.traits.table import Row, judge

TABLES = {
    "starts_with": [
        Row("结论：", "结论：水稻是粮食。", True, "'结论：' at the start", ((0, 3),)),
        Row("结论：", "\n 结论：对。", True, spans=((2, 5),)),
        Row("Yes", "Yes, it is.", True),
        Row("结论：", "好的。结论：对。", False, "'好的。' at the start", ((0, 3),)),
        Row("结论：", "结论:对。", False),
        Row("Yes", "yes", False),
        Row("结论：", "结", False, "'结' at the start", ((0, 1),)),
        Row("结论：", "", False, spans=((0, 0),)),
    ],
    "ends_with": [
        Row("完毕。", "回答完毕。", True, "'完毕。' at the end", ((2, 5),)),
        Row("done.", "All done. \n", True, spans=((4, 9),)),
        Row("完毕。", "回答完毕。谢谢", False, "'。谢谢' at the end", ((4, 7),)),
        Row("done.", "done", False, spans=((0, 4),)),
        Row("done.", "", False, spans=((0, 0),)),
    ],
}


def test_long_beginning_is_quoted_short() -> None:
    """A message stays readable however long the demanded prefix is."""
    assert len(judge("starts_with", "a" * 500, "b" * 500).got) < 110
