"""Numbers as models write them: 1,000 · 12.50 · 3/4 · ９.８ · 三百二十 · 3万 · 三分之二."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from pytest_qwen.core.text import halfwidth
from pytest_qwen.core.verdict import Span

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10**4, "亿": 10**8}
_ENGLISH = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_ZH = r"[零〇一二两三四五六七八九十百千万亿]"
# What may follow a lone Chinese digit that is a number: 三个 is one, 一般 (usually) is not.
_LONGEST = 40
_MOST_DIGITS = 400  # Python refuses to read integers of 4300
_MEASURE = "个只条本元块岁天年月次名张件米斤克吨升度倍页篇段句点种位人周章步"
_NUMBER = re.compile(
    r"\\[dt]?frac\{(?P<top>\d{1,40})\}\{(?P<bottom>\d{1,40})\}"
    r"|(?P<sign>(?<![A-Za-z0-9)\]}%])[-−])?(?<!\d\.)(?<![A-Za-z_\d])"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:(?P<decimals>\.\d+)|/(?P<over>\d{1,40})(?!/))?"
    r"(?:[eE](?P<exponent>[+-]?\d{1,2})(?![\dA-Za-z]))?(?!\d)(?!\.\d)(?P<big>[万亿](?!一))?"
    rf"|(?P<zh>负?{_ZH}+(?:点[零〇一二三四五六七八九]+)?(?:分之{_ZH}+)?)"
)


class Number(NamedTuple):
    """A number in a text, by value."""

    value: Fraction
    span: Span


def find_numbers(text: str) -> Iterator[Number]:
    """Yield the numbers of a text; units, currencies and percent signs are left aside.

    >>> [str(n.value) for n in find_numbers("共1,000元，即一千元；9.80 = 49/5，第三分之二")]
    ['1000', '1000', '49/5', '49/5', '2/3']
    """
    text = halfwidth(text)
    for match in _NUMBER.finditer(text):
        value = _chinese(match, text) if match["zh"] else _arabic(match)
        if value is not None:
            yield Number(value, match.span())


def value_of(said: object) -> Fraction | None:
    """Return the value of a number that makes up a whole text, if it is one."""
    text = str(said).strip()
    found = list(find_numbers(text))
    return found[0].value if len(found) == 1 and found[0].span == (0, len(text)) else None


def count_of(word: str) -> int | None:
    """Return what a small counting word says: `3`, `十二`, `three`."""
    if word.casefold() in _ENGLISH:
        return _ENGLISH.index(word.casefold())
    value = Fraction(int(word)) if word.isdecimal() else _read(word)
    return None if value is None else int(value)


def _arabic(match: re.Match[str]) -> Fraction | None:
    if match["top"]:
        return Fraction(int(match["top"]), int(match["bottom"])) if int(match["bottom"]) else None
    whole, decimals = match["whole"].replace(",", ""), match["decimals"] or ""
    if len(whole) + len(decimals) > _MOST_DIGITS:
        return None
    value = Fraction(f"{whole}{decimals}e{match['exponent'] or 0}")
    if match["over"]:
        if not int(match["over"]):
            return None
        value /= int(match["over"])
    if match["big"]:
        value *= _BIG[match["big"]]
    return -value if match["sign"] else value


def _chinese(match: re.Match[str], text: str) -> Fraction | None:
    said = match["zh"].removeprefix("负")
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    alone = not (before.isalpha() or after.isalpha())
    if len(said) == 1 and not (alone or (after and after in _MEASURE and before != "第")):
        return None
    if "分之" in said:
        below, _, above = said.partition("分之")
        divisor, value = _read(below), _read(above)
        if divisor is None or value is None or not divisor:
            return None
        value = value if below == "百" else value / divisor
    else:
        value = _read(said)
    return -value if value is not None and match["zh"][0] == "负" else value


def _read(said: str) -> Fraction | None:
    """Read a Chinese numeral: by units (三百二十), or digit by digit (二〇二四)."""
    whole, _, decimals = said.partition("点")
    if not whole or len(said) > _LONGEST or any(c not in _DIGITS for c in decimals):
        return None
    if all(c in _DIGITS for c in whole):
        if len(whole) == 2 and whole[0] not in "零〇":  # 三四个 means three or four
            return None
        value = int("".join(str(_DIGITS[c]) for c in whole))
    elif whole == "百" or whole[0] in _DIGITS or whole[0] == "十":
        value = _by_units(whole)
    else:  # 千万 (by all means), 万一 (in case)
        return None
    fraction = "".join(str(_DIGITS[c]) for c in decimals)
    return Fraction(f"{value}.{fraction or 0}")


def _by_units(said: str) -> int:
    total = section = digit = 0
    for char in said:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[char], 0
        elif char in _BIG:
            total, section, digit = (total + section + digit) * _BIG[char], 0, 0
    return total + section + digit
