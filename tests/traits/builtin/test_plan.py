"""Examples of `plan`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

WEEKS = (
    "计划如下：\n第1周：选题\n- 任务：读书\n- 目标：题目\n第2-3周：写作\n- 任务：动笔\n- 目标：初稿"
)
DAYS = "Day 1\n1. Tasks: read\n2. rest\n\nDay 2\n* TASKS: write\n* rest\n\nIn short: Day 1 and\nDay 1 again."
TABLE = [
Row("周", WEEKS, True, "周 1 to 3", ((6, 9), (29, 34))),
Row({"label": "周", "exactly": 3}, WEEKS, True),
Row({"label": "周", "at_least": 3, "points": 2, "fields": ["任务", "目标"]}, WEEKS, True),
Row({"label": ["周", "Day"], "points": 2, "fields": ["tasks"]}, DAYS, True),
Row("Day", DAYS, True, "Day 1 to 2", ((0, 5), (30, 35))),
Row({"label": "周", "exactly": 2}, WEEKS, False, "周 1, 2, 3", ((6, 9), (29, 34))),
Row({"label": "周", "at_least": 4}, WEEKS, False),
Row({"label": "周", "points": 3}, WEEKS, False, "周 1 with 2 points", ((6, 9),)),
Row({"label": "Day", "points": 1}, "Day 1\n- a\nDay 2\nrest", False, "Day 2 with 0 points"),
Row({"label": "周", "fields": ["任务", "成果", "预算"]}, WEEKS, False, "周 1 without '成果' and '预算'"),
Row({"label": "Day", "fields": ["write"]}, DAYS, False, "Day 1 without 'write'", ((0, 5),)),
Row("周", "第1-2周：读\n第2周：写\n第3周", True),
Row({"label": "Day", "fields": ["Zwei"]}, "Day 1\nZWEI", True),
Row("周", "第1周\n第3周", False, "周 1, 3"),
Row("周", "第2周\n第1周", False),
Row("周", "没有", False, "周 nowhere", ()),
]  # fmt: skip


def test_arguments() -> None:
    """What no text could miss or meet is refused when it is written."""
    with pytest.raises(BadArguments, match="a label such as 周 or Week"):
        bind("plan", {"label": " "})
