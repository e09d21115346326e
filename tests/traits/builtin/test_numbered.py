"""Examples of `numbered`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

PLAN = "第1周：选题\n第2周：提纲\n第3周：写作"
TABLE = [
Row("周", PLAN, True, "周 1, 2, 3", ((0, 3), (7, 10), (14, 17))),
Row({"label": "周", "exactly": 3}, PLAN, True),
Row({"label": "周", "at_least": 3}, PLAN, True),
Row(
    {"label": "周", "exactly": 12},
    "### 第一周\n…\n**第 2－11 周**\n| 第十二周 | 交稿 |",
    True,
),
Row(
    {"label": "Week", "exactly": 4},
    "- **Week 1**: plan\n- Weeks 2–3: write\n- week 4: end",
    True,
),
Row({"label": "Day", "exactly": 3}, "🌱 Day One\nDay Two\n1. __Day 3__", True),
Row(
    {"label": ["步骤", "Step"], "exactly": 2},
    "1. 步骤1：选题\nStep 2: 写作",
    True,
    "步骤 1, 2",
),
Row({"label": "周", "exactly": 2}, "第1周\n第1周目标\n第2周\n第2周目标", True),
Row({"label": "周", "exactly": 2}, "第1周\n第2周\n总结：\n第1周\n第2周", True),
Row({"label": "周", "exactly": 4}, "第1周至第2周：读\n第3、4周：写", True),
Row({"label": "周", "exactly": 1}, "第1周：读", True),
Row("周", "第1周\n第3周", False, "周 1, 3"),
Row("周", "第2周\n第3周", False),
Row("周", "第2周\n第1周", False),
Row("周", "第1周\n第2周\n第1周", False),
Row("周", "第0周\n第1周", False, "周 0, 1"),
Row("周", "第0周", False, "周 0"),
Row({"label": "周", "exactly": 2}, PLAN, False),
Row({"label": "周", "at_least": 4}, PLAN, False),
Row({"label": "阶段", "exactly": 3}, "阶段一：选题\n### 阶段二至三 写作", True, "阶段 1, 2, 3"),
Row({"label": ["步骤", "周"], "exactly": 2}, "步骤一\n步骤 二", True),
Row({"label": "步骤", "exactly": 11}, "步骤一至十\n步骤十一", True),
Row("周", "周一：读\n周二：写", False, "周 nowhere", ()),
Row("星期", "星期一：读\n星期二：写", False, "星期 nowhere"),
Row("礼拜", "礼拜一：读", False, "礼拜 nowhere"),
Row("步骤", "步骤一共三个", False, "步骤 nowhere"),
Row("Week", "Weekly plan\nWeek plan\nThe first week", False),
Row("周", "本文在第1周写成", False),
Row("周", "", False),
]  # fmt: skip


@pytest.mark.parametrize("args", ["", [], " ", {"label": "周", "exactly": -1}])
def test_a_label_is_needed(args: object) -> None:
    """Without a label, any number would do."""
    with pytest.raises(BadArguments, match="expected"):
        bind("numbered", args)
