"""Word problems in two steps, with counts or with money.

小丽有15颗糖，送给朋友4颗，又买了6颗，现在有几颗糖？
  先算15-4: 1>14 2>13 3>12 4>11, 15-4=11。
  再算11+6: 1>12 2>13 3>14 4>15 5>16 6>17, 11+6=17。
现在有17颗糖。
"""

from __future__ import annotations

import re
from random import Random
from typing import NamedTuple

from recipes.tiny.tasks.example import Example
from recipes.tiny.world import NAMES, SHE, Lang


class _Item(NamedTuple):
    zh: str
    unit: str
    en: str
    one: str


_ITEMS = tuple(
    _Item(*row.split())
    for row in (
        "苹果 个 apples apple", "橘子 个 oranges orange", "鸡蛋 个 eggs egg",
        "气球 个 balloons balloon",
        "铅笔 支 pencils pencil", "钢笔 支 pens pen", "糖 颗 sweets sweet", "书 本 books book",
        "本子 本 notebooks notebook", "贴纸 张 stickers sticker", "卡片 张 cards card",
        "杯子 个 cups cup", "面包 个 buns bun", "花 朵 flowers flower", "桃子 个 peaches peach",
    )
)  # fmt: skip
_LESS: dict[Lang, tuple[str, ...]] = {
    "zh": ("吃了", "用了", "送给朋友", "卖了", "借出", "丢了", "拿走"),
    "en": ("eats", "uses", "gives away", "sells", "lends", "loses", "drops"),
}
_MORE: dict[Lang, tuple[str, ...]] = {
    "zh": ("又买了", "又得到", "又收到", "又找到", "妈妈又给了", "买来"),
    "en": ("buys", "gets", "finds", "receives", "is given", "borrows"),
}
_PAID = (10, 20, 20, 50, 50, 100)


def make(rng: Random, lang: Lang) -> Example:
    """Draw a problem about things that come and go, about change, or about boxes."""
    story = rng.choice((_counts, _counts, _counts, _change, _change, _boxes))
    payload, steps, prompt, answer = story(rng, lang)
    first, second = ("先算", "再算") if lang == "zh" else ("First ", "Then ")
    stop = "。" if lang == "zh" else "."
    thinking = f"{first}{_worked(steps[0])}{stop}\n{second}{_worked(steps[1])}{stop}"
    return Example("problems", lang, payload, prompt, thinking, answer)


def _worked(step: str) -> str:
    """Take tens away first, and count up or down one by one: easier to learn than to know sums.

    >>> _worked("12-3=9")
    '12-3: 1>11 2>10 3>9, 12-3=9'
    >>> _worked("100-82=18")
    '100-82: 80>20 1>19 2>18, 100-82=18'
    """
    a, sign, b = re.findall(r"\d+|[-+*]", step)[:3]
    if sign == "*":
        return step
    by, (tens, ones) = 1 if sign == "+" else -1, divmod(int(b), 10)
    steps = [tens * 10] * bool(tens) + list(range(1, ones + 1))
    walk = " ".join(f"{i}>{int(a) + by * (i if i > 9 else tens * 10 + i)}" for i in steps)
    return f"{a}{sign}{b}: {walk}, {step}"


_Story = tuple[str, tuple[str, str], str, str]


def _counts(rng: Random, lang: Lang) -> _Story:
    item, name = rng.choice(_ITEMS), rng.choice(NAMES).in_(lang)
    a, b, c = rng.randint(5, 20), rng.randint(1, 9), rng.randint(1, 9)
    signs = rng.choice(("-+", "-+", "+-", "--", "++"))
    if a < b + c and "-" in signs:
        a += 12  # nothing ends below zero
    middle = a + b if signs[0] == "+" else a - b
    total = middle + c if signs[1] == "+" else middle - c
    steps = f"{a}{signs[0]}{b}={middle}", f"{middle}{signs[1]}{c}={total}"
    verbs = [rng.choice((_MORE if sign == "+" else _LESS)[lang]) for sign in signs]
    if lang == "zh":
        u, x = item.unit, item.zh
        second = verbs[1] if signs[1] == "+" else "又" + verbs[1]
        ask = rng.choice((f"现在有几{u}{x}？", f"现在有多少{u}{x}？", f"{name}现在有几{u}{x}？"))
        ask = rng.choice((ask, f"现在一共有几{u}{x}？"))
        prompt = f"{name}有{a}{u}{x}，{verbs[0]}{b}{u}，{second}{c}{u}，{ask}"
        return f"{a}{signs[0]}{b}{signs[1]}{c}", steps, prompt, f"现在有{total}{u}{x}。"
    pronoun = "she" if name in SHE else "he"
    who, again = rng.choice((pronoun.capitalize(), name)), rng.choice((pronoun, name))
    ask = rng.choice((f"does {again} have now", "are there now", f"does {again} have in the end"))
    joint = rng.choice((" and then ", " and ", ", then "))
    more = rng.choice((" more", "")) if signs[1] == "+" else ""
    prompt = f"{name} has {a} {item.en}. {who} {verbs[0]} {b}{joint}{verbs[1]} {c}{more}. "
    prompt += f"How many {item.en} {ask}?"
    return f"{a}{signs[0]}{b}{signs[1]}{c}", steps, prompt, f"{name} has {total} {item.en} now."


def _change(rng: Random, lang: Lang) -> _Story:
    item, name = rng.choice(_ITEMS), rng.choice(NAMES).in_(lang)
    price, count = rng.randint(1, 9), rng.randint(2, 9)
    cost = price * count
    paid = rng.choice([p for p in _PAID if p >= cost])
    change = paid - cost
    steps = f"{price}*{count}={cost}", f"{paid}-{cost}={change}"
    payload = f"{paid}-{price}*{count}"
    if lang == "zh":
        u, x = item.unit, item.zh
        begin = rng.choice((f"一{u}{x}{price}元", f"每{u}{x}{price}元", f"{x}{price}元一{u}"))
        pays = rng.choice((f"付了{paid}元", f"给了{paid}元", f"付{paid}元"))
        ask = rng.choice(("应找回多少元？", "应该找回多少元？", "找回多少元？", "应找多少元？"))
        prompt = f"{begin}，{name}买了{count}{u}，{pays}，{ask}"
        return payload, steps, prompt, f"应找回{change}元。"
    a = "An" if item.one[0] in "aeiou" else "A"
    each = rng.choice((a, "Each", "One")) + f" {item.one} costs {price} yuan."
    begin = rng.choice((each, each, f"{item.en.capitalize()} are {price} yuan each."))
    what = rng.choice(("", f" {item.en}", " of them"))
    pays = rng.choice(("pays", "pays with", "hands over"))
    who = rng.choice(("she" if name in SHE else "he", name))
    ask = rng.choice((f"much change does {who} get", "much change is there"))
    ask = rng.choice((f"How {ask}?", f"How many yuan does {who} get back?"))
    prompt = f"{begin} {name} buys {count}{what} and {pays} {paid} yuan. {ask}"
    return payload, steps, prompt, f"The change is {change} yuan."


def _boxes(rng: Random, lang: Lang) -> _Story:
    item = rng.choice(_ITEMS)
    each, boxes, gone = rng.randint(2, 9), rng.randint(2, 9), rng.randint(1, 9)
    total = each * boxes
    gone = min(gone, total - 1)
    left = total - gone
    steps = f"{each}*{boxes}={total}", f"{total}-{gone}={left}"
    payload = f"{each}*{boxes}-{gone}"
    if lang == "zh":
        u, x, verb = item.unit, item.zh, rng.choice(_LESS["zh"])
        box = rng.choice(("盒", "袋", "箱"))
        prompt = f"每{box}有{each}{u}{x}，有{boxes}{box}，{verb}{gone}{u}，还剩几{u}？"
        return payload, steps, prompt, f"还剩{left}{u}。"
    box = rng.choice(("boxes", "bags", "baskets"))
    are = rng.choice(("are sold", "are used", "are lost", "are taken")) if gone > 1 else "is used"
    prompt = f"There are {boxes} {box} with {each} {item.en} each. {gone} {are}. "
    prompt += f"How many {item.en} are left?"
    return payload, steps, prompt, f"{left} {item.en} are left."


def judge(example: Example, answer: str) -> bool:
    """The last number of the answer is the right one."""
    numbers, right = re.findall(r"\d+", answer), re.findall(r"\d+", example.answer)
    return bool(numbers) and numbers[-1] == right[-1]
