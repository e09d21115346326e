"""Examples of `number` and `final_answer`, and of the numerals below them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pytest_qwen.traits.builtin._numerals import count_of, find_numbers, find_spelled
from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

WHICH_SMALLER = "9.11和9.8哪个更小？"
CAPITAL = {"value": "Paris", "others": ["Lyon", "Nice"]}
TABLES = {
    "number": [
        Row(1000, "共１，０００元", True, "the numbers １，０００", ((1, 6),)),
        Row(12.5, "12.50 kg or 25/2 kg", True, "the numbers 12.50, 25/2", ((0, 5), (12, 16))),
        Row("3/4", "三分之二或0.75", True, spans=((5, 9),)),
        Row("一百二十", "120", True),
        Row(5, "从 3 到 7", False, "the numbers 3, 7", ()),
        Row(5, "-5", False),
        Row("50%", "0.5", True),
        Row(0.5, "50 \\% 的人", True, spans=((0, 2),)),
        Row(50, "百分之五十", True),
        Row("50%", "50", True),
        Row("50%", "5", False),
        Row(5, "没有", False, "no number", ()),
    ],
    "final_answer": [
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
    ],
}

EQUIVALENT = {
    "final_answer": {
        "_choose: n.span[0] > equals → n.span[0] >= equals": "a number begins with no `=`",
    }
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,000 1,2 12.50 1e3", [1000, 1, 2, Fraction(25, 2), 1000]),
        ("９．８ -5 3-5 −2", [Fraction(49, 5), -5, 3, 5, -2]),
        ("A4 v9.8.1 H2O", []),
        ("3万 1.5亿", [30000, 150000000]),
        ("十二 一百零五 两千三百 二〇二四年 负五", [12, 105, 2300, 2024, -5]),
        ("一万二千 三亿零五 百分之五十 三分之二 三点一四", [12000, 300000005, 50, Fraction(2, 3), Fraction(157, 50)]),
        ("一般 第一 十分 万一 千万别 三四个 统一", []),
        ("三个 五", [3, 5]),
        ("1/0 零分之一 " + "9" * 5000 + " " + "一" * 5000, []),
        (r"\frac{1}{2} \dfrac{3}{0} \frac34 1\frac{1}{2} -\frac12", [Fraction(1, 2), Fraction(3, 4), Fraction(3, 2), Fraction(-1, 2)]),
        ("1又1/2 2 1/2 -1 1/4", [Fraction(3, 2), Fraction(5, 2), Fraction(-5, 4)]),
        ("3千 3千克 3千米 2 million 5 thousand", [3000, 3, 3, 2000000, 5000]),
    ],
)  # fmt: skip
def test_numerals(text: str, expected: list[int]) -> None:
    """Numbers are read by value, and what only looks like a number is not read."""
    assert [n.value for n in find_numbers(text)] == expected


def test_counting_words() -> None:
    """Small counts are read in digits, in Chinese and in English."""
    assert [count_of(w) for w in ("3", "十二", "Three", "some")] == [3, 12, 3, None]


def test_a_number_is_asked_for() -> None:
    """What has no value cannot be looked for by value."""
    with pytest.raises(BadArguments, match="number with a number such as"):
        bind("number", "many")


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("three hundred and five, twenty-one", [305, 21]),
        ("Two million five hundred thousand and one", [2500001]),
        ("someone, often, tens of oneself", []),
    ],
)
def test_numbers_in_words(text, expected):
    """Numbers that are written out in English are read by value, whole words only."""
    assert [n.value for n in find_spelled(text)] == expected
