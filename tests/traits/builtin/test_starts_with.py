"""Examples of `starts_with`."""

from __future__ import annotations

from tests.traits.table import Row, judge

TABLE = [
    Row("结论：", "结论：水稻是粮食。", True, "'结论：' at the start", ((0, 3),)),
    Row("结论：", "\n 结论：对。", True, spans=((2, 5),)),
    Row("Yes", "Yes, it is.", True),
    Row("结论：", "好的。结论：对。", False, "'好的。' at the start", ((0, 3),)),
    Row("结论：", "结论:对。", False),
    Row("Yes", "yes", False),
    Row("结论：", "结", False, "'结' at the start", ((0, 1),)),
    Row("结论：", "", False, spans=((0, 0),)),
]  # fmt: skip


def test_long_beginning_is_quoted_short() -> None:
    """A message stays readable however long the demanded prefix is."""
    assert len(judge("starts_with", "a" * 500, "b" * 500).got) < 110
