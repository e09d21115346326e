"""Examples of `steps`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

TABLE = [
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
]  # fmt: skip


def test_arguments() -> None:
    """What no text could miss or meet is refused when it is written."""
    with pytest.raises(BadArguments, match="exactly, at_least or at_most"):
        bind("steps", None)
