"""Examples of `one_of`."""

from __future__ import annotations

from tests.traits.table import Row

TABLE = [
    Row({"choices": ["正面", "负面"]}, " 正面。\n", True, "'正面。'", ((1, 4),)),
    Row({"choices": ["Yes!"]}, "Yes!", True),
    Row({"choices": ["yes", "no"], "ignore_case": True}, "YES.", True),
    Row({"choices": ["Yes", "No"], "ignore_case": True}, "yes", True),
    Row({"choices": ["yes", "no"]}, "YES.", False),
    Row({"choices": ["正面", "负面"]}, "我认为是正面", False),
    Row({"choices": ["正面", "负面"]}, "正面？", False),
    Row({"choices": ["正面"]}, "", False, "''", ((0, 0),)),
]  # fmt: skip
