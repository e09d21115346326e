"""Examples of `continues_list`."""

from __future__ import annotations

from tests.traits.table import Row

FRUIT = "1. 苹果\n2. 香蕉\n3. 橘子"
TABLE = [
    Row(None, "4. 西瓜\n5. 葡萄", True, "2 more entries", ((0, 5), (6, 11)), FRUIT),
    Row(2, "- pear\n\n- plum\nThese are fruit.\n- fig", True, "2 more entries", ((0, 6), (8, 14)), "Fruit:\n- apple"),
    Row(3, "西瓜、葡萄、苹果、桃子。", True, "3 more entries", ((0, 2), (3, 5), (9, 12)), "苹果、香蕉、橘子、"),
    Row(None, "，西瓜，葡萄", True, "2 more entries", ((1, 3), (4, 6)), "苹果，香蕉，橘子"),
    Row(1, ", pears, APPLES", True, spans=((1, 7),), prompt="apples, plums, figs"),
    Row(1, " melon", True, spans=((1, 6),), prompt="apples, plums, figs,"),
    Row(3, "4. 西瓜\n5. 葡萄", False, prompt=FRUIT),
    Row(2, "4. 西瓜\n6. 葡萄", False, "1 more entry", prompt=FRUIT),
    Row(2, "4. 西瓜\n5. 西瓜", False, "1 more entry", prompt=FRUIT),
    Row(None, "4. 苹果", False, "0 more entries", (), FRUIT),
    Row(None, "4. Plum\n5. PLUM", True, "1 more entry", prompt=FRUIT),
    Row(None, "4. plum", False, prompt="3. Plum"),
    Row(None, ", Plums", False, prompt="apples, PLUMS, figs"),
    Row(None, ", Pears, pears", True, "1 more entry", prompt="apples, plums, figs"),
    Row(None, "1. 西瓜", False, prompt=FRUIT),
    Row(None, "4) 西瓜", False, prompt=FRUIT),
    Row(None, "- 西瓜", False, prompt=FRUIT),
    Row(None, "* pear", False, prompt="- apple"),
    Row(None, "- pear", False, prompt="- apple\nWhat are these?"),
    Row(None, "These are fruit.", False, prompt="apples, plums, figs"),
    Row(None, "苹果、香蕉、橘子是水果。", False, "0 more entries", (), "苹果、香蕉、橘子"),
    Row(None, ", " + "a" * 41, False, prompt="apples, plums, figs"),
    Row(None, ", " + "a" * 40, True, prompt="apples, plums, figs"),
    Row(None, ", pears", False, prompt="Rice, a crop, grows."),
    Row(None, ", pears", False, prompt="apples, plums"),
    Row(None, ", pears", False, prompt="apples, plums、figs"),
    Row(None, ", pears", False, prompt="apples, plums,\nfigs"),
    Row(None, "", False, prompt=""),
]  # fmt: skip
