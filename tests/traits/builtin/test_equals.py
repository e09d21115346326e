"""Examples of `equals`."""

from __future__ import annotations

from tests.traits.table import Row

TABLE = [
Row("正面", " 正面\n", True, "'正面'"),
Row(" Yes ", "Yes", True),
Row({"value": "Straße", "ignore_case": True}, "STRASSE", True),
Row("", "", True),
Row("正面", "正面。", False, "'正面。'"),
Row("Yes", "yes", False),
Row({"value": "yes", "ignore_case": True}, "no", False),
]  # fmt: skip
