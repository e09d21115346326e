"""Examples of `final_answer`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

WHICH_SMALLER = "9.11和9.8哪个更小？"
CAPITAL = {"value": "Paris", "others": ["Lyon", "Nice"]}
TABLE = [
    # the winner of a comparison, not its loser
    Row(9.8, "9.11比9.8小。", True, "the answer '9.8'", ((5, 8),)),
    Row(9.8, "9.8大于9.11", True, spans=((0, 3),)),
    Row(9.8, "先比较小数部分：11 和 8。\n所以更大的是 9.8，因为 8 比 1 大。", True),
    Row(9.8, "**9.8** is larger than **9.11**.", True),
    Row(9.8, "The larger number is 9.8, because 9.11 is only 9.110.", True),
    Row(9.8, "9.11 is smaller than 9.8.", True),
    Row(9.8, "9.11 < 9.8", True),
    Row(9.11, WHICH_SMALLER + " 9.11 更小。", True, prompt=WHICH_SMALLER),
    Row(9.11, "9.11比9.8小。", True, spans=((0, 4),), prompt=WHICH_SMALLER),
    Row(9.11, "9.8 is larger than 9.11", True, prompt="Which is SMALLER?"),
    Row(9.8, "9.11 is not larger, 9.8 is.", True),
    Row(9.8, "9.11大于9.8", False, "the answer '9.11'", ((0, 4),)),
    Row(9.8, "9.11 更大", False),
    # behind a box or a label
    Row(0.75, r"So it is \boxed{\frac{3}{4}}, not 2.", True, spans=((16, 27),)),
    Row(7, r"\boxed{7", True, spans=((7, 8),)),
    Row(7, r"\boxed{7} 8", True),
    Row(12, "12 boxes.\nAnswer: 12 (since 3*4 = 12)\nDone.", True),
    Row(12, "先算 3+4。\n答案：\n\n**12 个**，不是 7", True, spans=((15, 17),)),
    Row(5, "答案是 5 个，共 8 个。", True),
    Row(8, "答案是 5 个，共 8 个。", False),
    Row(2, "answer: 1\nThe Answer is 2, out of 3", True),
    Row(9, "The answer is: unknown", False, "no answer in 'unknown'", ((15, 22),)),
    # the last sentence that names a number
    Row(3, "小明有 5 个，吃了 2 个，还剩 3 个。\n希望有帮助！", True),
    Row(7, "So 3 + 4 = 7 of 10 apples.", True),
    Row(7, "He has **7** of 10 apples.", True),
    Row(6, "It is 6, not 5.", True),
    Row(6, "是6而非5", True),
    Row(12, "x = ?\nSo 12.", True),
    Row(5, "5 = ?", True),
    Row(5, "= 5 of 8", True),
    Row(10, "He has **7** of 10 apples.", False, "the answer '7'"),
    Row(5, "还剩 3 个。", False),
    Row(5, "没有数字", False, "no answer in '没有数字'", ((0, 4),)),
    Row(5, "", False, "no answer in ''", ((0, 0),)),
    Row("50%", "The share is 1/2.", True),
    Row(3, "Of five she ate two: Three apples.", True, "the answer 'Three'", ((21, 26),)),
    Row(5, "The answer is Five, or two more than three.", True),
    Row(2, "Two apples: this ONE and the other one.", True),
    Row(1, "Answer: one", True),
    Row(1, "one", False),
    Row(
        {"value": 12, "units": ["km", "公里"]}, "So 12 km in 3 h is it", False, "the answer '3'"
    ),
    Row({"value": 12, "units": ["km", "公里"]}, "答案：12公里，共 3 小时", True),
    Row({"value": 12, "units": "km"}, r"\boxed{12\,\text{ km}}", True),
    Row({"value": 12, "units": "km"}, "It is **12** km.", True),
    Row({"value": 12, "units": "$"}, "It costs $12.", True),
    Row({"value": 12, "units": "km"}, "It is 12 kmh.", False),
    Row({"value": 12, "units": "km"}, "It is 12.", False),
    # formulas, where they stand and by value
    Row("x+1", r"x+2 or \boxed{1+x}, not $x$", True, "the answer '1+x'", ((14, 17),)),
    Row("x+1", r"\boxed{x+2} x+1", False, "the answer 'x+2'"),
    Row("x+1", "Answer: 1 + x, or y + 1\nx+2", True, spans=((8, 13),)),
    Row("x+1", "Answer: $y$ and $x+1$", False, "the answer '$y$'"),
    Row("x+1", "From x+2 it is **x + 1**.", True, spans=((17, 22),)),
    Row("x+1", "It is 1+x, not x+2.", True, spans=((6, 9),)),
    Row("x+1", "x+1 与 x+2", False, spans=((6, 9),)),
    Row("x+1", "没有答案", False, "no answer in '没有答案'", ((0, 4),)),
    Row("x=3", "答案：3", True, "the answer '3'", ((3, 4),)),
    Row({"value": "x+1", "others": ["x"]}, "So 1+x.", False),
    # texts
    Row(CAPITAL, "It is paris, not Lyon.", True, "the answer 'paris'", ((6, 11),)),
    Row(CAPITAL, "Paris.", True),
    Row(CAPITAL, "Rome", False, "no answer in 'Rome'", ((0, 4),)),
    Row("北京", "中国的首都是北京市。", True, spans=((6, 8),)),
    Row({"value": "B", "others": ["A"]}, "A? 答案：B", True),
    Row(CAPITAL, "Paris? No, Lyon.", False, "the answer 'Lyon'", ((11, 15),)),
    Row("B", "Answer: Banana", False, "no answer in 'Banana'", ((8, 14),)),
    Row("B", "Answer: bB", False),
]  # fmt: skip

EQUIVALENT = {
    "_choose: n.span[0] > equals → n.span[0] >= equals": "a number begins with no `=`",
}


def test_others_are_for_texts() -> None:
    """A number is compared by value, so that wrong alternatives beside it would do nothing."""
    with pytest.raises(BadArguments, match="others beside a text only"):
        bind("final_answer", {"value": 3, "others": ["4"]})


def test_units_are_for_numbers():
    """A text has its unit in itself; an empty unit would stand everywhere."""
    with pytest.raises(BadArguments, match="units beside a number only"):
        bind("final_answer", {"value": "B", "units": "km"})
    with pytest.raises(BadArguments, match="a unit such as km"):
        bind("final_answer", {"value": 3, "units": []})
