"""Numbers as models write them, read by value."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pytest_qwen.traits.builtin._numerals import count_of, find_numbers, find_spelled


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
