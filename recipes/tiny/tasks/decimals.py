"""Which of two decimals is larger, or smaller; thinking pads them and compares digit by digit.

6.7和6.12哪个更大？
  补齐：6.70和6.12。
  整数：6、6，6=6。
  十分位：7、1，7>1。
  所以更大的是6.7。
6.7更大。
"""

from __future__ import annotations

from decimal import Decimal
from random import Random

from recipes.tiny.tasks.example import Example, fill
from recipes.tiny.world import Lang

_ASK: dict[tuple[Lang, bool], tuple[str, ...]] = {
    ("zh", True): (
        "{a}和{b}哪个更大？", "{a}和{b}哪个大？", "{a}与{b}相比，哪个更大？", "{a}和{b}，谁更大？",
        "比较{a}和{b}，哪个数更大？", "请问{a}和{b}哪一个更大？", "{a}大还是{b}大？",
        "哪个数更大：{a}还是{b}？", "在{a}和{b}中，找出更大的数。", "告诉我{a}和{b}哪个更大。",
    ),
    ("zh", False): (
        "{a}和{b}哪个更小？", "{a}和{b}哪个小？", "{a}与{b}相比，哪个更小？", "{a}和{b}，谁更小？",
        "比较{a}和{b}，哪个数更小？", "请问{a}和{b}哪一个更小？", "{a}小还是{b}小？",
        "哪个数更小：{a}还是{b}？", "在{a}和{b}中，找出更小的数。", "告诉我{a}和{b}哪个更小。",
    ),
    ("en", True): (
        "Which is larger, {a} or {b}?", "Which is bigger, {a} or {b}?",
        "Which is greater, {a} or {b}?", "Which number is larger: {a} or {b}?",
        "Is {a} or {b} larger?", "Compare {a} and {b}: which is larger?",
        "Between {a} and {b}, which one is greater?", "Tell me which is larger, {a} or {b}.",
    ),
    ("en", False): (
        "Which is smaller, {a} or {b}?", "Which is less, {a} or {b}?",
        "Which is the smaller one, {a} or {b}?", "Which number is smaller: {a} or {b}?",
        "Is {a} or {b} smaller?", "Compare {a} and {b}: which is smaller?",
        "Between {a} and {b}, which one is smaller?", "Tell me which is smaller, {a} or {b}.",
    ),
}  # fmt: skip
_PLACES: dict[Lang, tuple[str, ...]] = {
    "zh": ("十分位", "百分位", "千分位"),
    "en": ("Tenths", "Hundredths", "Thousandths"),
}


def make(rng: Random, lang: Lang) -> Example:
    """Draw two different decimals, mostly close ones, and ask for either end."""
    a, b = _pair(rng)
    larger_asked = rng.random() < 0.6
    larger, smaller = sorted((a, b), key=Decimal, reverse=True)
    wanted = larger if larger_asked else smaller
    if lang == "zh":
        answer = f"{wanted}更{'大' if larger_asked else '小'}。"
    else:
        answer = f"{wanted} is {'larger' if larger_asked else 'smaller'}."
    prompt = fill(rng, _ASK[lang, larger_asked], a=a, b=b)
    payload = " ".join(sorted((a, b)))
    return Example(
        "decimals",
        lang,
        payload,
        prompt,
        _thinking(a, b, lang, wanted, larger=larger_asked),
        answer,
    )


def _number(rng: Random, whole: int, tenths: str = "") -> str:
    places = rng.choice((0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3))
    digits = (tenths + "".join(rng.choice("0123456789") for _ in range(3)))[:places]
    if digits and digits[-1] == "0":  # 3.50 would be 3.5 written twice
        digits = digits[:-1] + rng.choice("123456789")
    return f"{whole}.{digits}" if digits else str(whole)


def _pair(rng: Random) -> tuple[str, str]:
    while True:
        whole = rng.randint(10, 99) if rng.random() < 0.2 else rng.randint(0, 9)
        a = _number(rng, whole)
        shape = rng.random()
        if shape < 0.4:
            b = _number(rng, whole)
        elif shape < 0.6:  # the same tenths: the next place decides
            b = _number(rng, whole, tenths=a.partition(".")[2][:1])
        else:
            other = rng.randint(0, 9) if rng.random() < 0.8 else rng.randint(10, 99)
            b = _number(rng, other)
        if Decimal(a) != Decimal(b):
            return a, b


def _thinking(a: str, b: str, lang: Lang, wanted: str, *, larger: bool) -> str:
    (whole_a, _, part_a), (whole_b, _, part_b) = a.partition("."), b.partition(".")
    width = max(len(part_a), len(part_b))
    part_a, part_b = part_a.ljust(width, "0"), part_b.ljust(width, "0")
    dot = "." if width else ""
    zh = lang == "zh"
    padded = f"{whole_a}{dot}{part_a}", f"{whole_b}{dot}{part_b}"
    lines = ["补齐：{}和{}。".format(*padded) if zh else "Pad: {} and {}.".format(*padded)]
    columns = [("整数" if zh else "Integer", int(whole_a), int(whole_b))]
    places = zip(_PLACES[lang], part_a, part_b, strict=False)
    columns += [(place, int(x), int(y)) for place, x, y in places]
    for place, x, y in columns:
        said = compared(x, y, lang)
        lines.append(f"{place}：{said}。" if zh else f"{place}: {said}.")
        if x != y:
            break
    if lang == "zh":  # the wanted number comes last, so that the answer copies what was just said
        return "\n".join([*lines, f"所以更{'大' if larger else '小'}的是{wanted}。"])
    return "\n".join([*lines, f"So the {'larger' if larger else 'smaller'} one is {wanted}."])


def compared(x: int, y: int, lang: Lang) -> str:
    """Say two numbers, and only then the sign between them: it follows from what stands near.

    >>> compared(7, 1, "en")
    '7, 1, 7>1'
    """
    sign = "=" if x == y else "<" if x < y else ">"
    return f"{x}、{y}，{x}{sign}{y}" if lang == "zh" else f"{x}, {y}, {x}{sign}{y}"


def judge(example: Example, answer: str) -> bool:
    """The right number is named."""
    return answer == example.answer
