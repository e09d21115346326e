"""Examples of `plan`, `steps` and `in_order`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

WEEKS = (
    "计划如下：\n第1周：选题\n- 任务：读书\n- 目标：题目\n第2-3周：写作\n- 任务：动笔\n- 目标：初稿"
)
DAYS = "Day 1\n1. Tasks: read\n2. rest\n\nDay 2\n* TASKS: write\n* rest\n\nIn short: Day 1 and\nDay 1 again."
TABLES = {
    "plan": [
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
    ],
    "steps": [
        Row(2, "1. Wash.\n2. Cook.", True, "2 steps", ((0, 2), (9, 11))),
        Row(3, "步骤1 洗\n步骤二 切\n**步骤3** 炒", True),
        Row(2, "# Step 1\n## STEP two: go", True),
        Row(2, "（1）洗\n(2)切", True),
        Row(2, "一、洗\n二、切", True),
        Row({"at_most": 2}, "第一步：洗\n第二步：切", True),
        Row(2, "1. Wash.\n  1. twice\n2. Cook.\n1. Eat.", True),
        Row(1, "1. Wash.\n1. Eat.", True),
        Row(1, "1. Wash 2. this\n3.5 litres\n一般来说\nStep back", True),
        Row({"at_least": 1}, "1. Wash.\n3. Cook.", False, "1 step, then 3", ((0, 2),)),
        Row({"at_least": 0}, "2. Cook.\n3. Eat.\n4. Rest", False, "0 steps, then 2"),
        Row({"at_least": 2}, "1. Wash.\n3. Cook.\n2. Eat.", False, "2 steps, then 3"),
        Row(3, "1. Wash.\n2. Cook.", False),
        Row({"at_least": 1}, "Wash and cook.", False, "0 steps", ()),
    ],
    "in_order": [
        Row(["洗", "切", "炒"], "炒之前先洗，再切，最后炒。", True, "all of them in this order", ((4, 5), (7, 8), (11, 12))),
        Row(["a", "A"], "a, a", True),
        Row(["aa", "a"], "aa", False, "no 'a' behind 'aa'", ((0, 2),)),
        Row(["cook", "Wash"], "wash, then COOK", False, "no 'Wash' behind 'cook'"),
        Row(["洗", "切"], "切", False, "no '洗'", ()),
        Row(["洗", "切", "炒"], "洗 炒 切", False, "no '炒' behind '切'", ((0, 1), (4, 5))),
    ],
}  # fmt: skip


EQUIVALENT = {"in_order": {"in_order: 0 → -1": "a search from -1 on begins at the start as well"}}


@pytest.mark.parametrize(
    ("trait", "raw", "expected"),
    [
        ("in_order", ["a"], "two texts or more"),
        ("in_order", ["a", ""], "two texts or more"),
        ("steps", None, "exactly, at_least or at_most"),
        ("plan", {"label": " "}, "a label such as 周 or Week"),
    ],
)
def test_arguments(trait, raw, expected):
    """What could not be missed or not be met is refused when it is written."""
    with pytest.raises(BadArguments, match=expected):
        bind(trait, raw)
