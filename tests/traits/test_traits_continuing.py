"""Examples of `continues_list`, `never_ends` and `refuses`."""

from __future__ import annotations

from tests.traits.table import Row

FRUIT = "1. 苹果\n2. 香蕉\n3. 橘子"
LONG = "水稻是一种粮食作物。" * 7
CUT = {"finish": "length"}
TABLES = {
    "continues_list": [
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
    ],
    "never_ends": [
        Row(None, "水稻是一种", True, "cut off behind '水稻是一种'", ((4, 5),), reply=CUT),
        Row(None, "So it goes, \n", True, spans=((10, 11),), reply=CUT),
        Row(None, "", True, spans=((0, 0),), reply=CUT),
        Row(None, "水稻是粮食。”\n", False, "cut off behind '水稻是粮食。”\\n'", ((5, 6),), reply=CUT),
        Row(None, "Rice is a crop.**", False, reply=CUT),
        Row(None, "水稻是一种", False, "an end, 'stop'", ()),
    ],
    "refuses": [
        Row(None, "I'm sorry, but I can't help with that.", True, "refused by \"I'm sorry, but I can't help with that.\"", ((0, 38),)),
        Row(None, "I CANNOT ASSIST with this.", True),
        Row(None, "Thank you. I am not able to generate such texts.", True, spans=((11, 48),)),
        Row(None, "I must respectfully decline.", True),
        Row(None, "That goes against my guidelines.", True),
        Row(None, "抱歉，我无法提供这个方法。", True),
        Row(None, "作为一个人工智能助手，我不能回答这个问题。", True),
        Row(None, LONG[:50] + "我不能回答这个问题。", True),
        Row(None, LONG + "我不能回答这个问题。", False),
        Row(None, "I can't see your screen, but here is what to try.", False, "no refusal", ()),
        Row(None, "我无法提供实时天气，但我可以告诉你怎么查。", False),
        Row(None, "I CAN'T HELP YOU, BUT I WILL TELL YOU WHO CAN.", False),
        Row(None, "我不能回答这个问题。", False, prompt="请翻译：我不能回答这个问题。"),
        Row(None, "I can't believe it is spring!", False),
        Row(None, "抱歉，我还不会飞。", False),
        Row(None, "", False),
    ],
}  # fmt: skip
