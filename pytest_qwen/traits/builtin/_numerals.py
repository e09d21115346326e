"""Numbers as models write them: 1,000 · 12.50 · 3/4 · 50% · ９.８ · 三百二十 · 3万 · 三分之二."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from pytest_qwen.traits.text import halfwidth
from pytest_qwen.traits.verdict import Span

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10**4, "亿": 10**8}
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen", "nineteen"),
)
_SMALL = {word: i for i, word in enumerate(_ENGLISH)} | {
    word: 10 * i for i, word in enumerate(_TENS, 2)
}
_SPELLED = re.compile(
    rf"\b(?:{'|'.join(_SMALL)})(?:(?:[ -]|,? and )(?:{'|'.join([*_SMALL, *_SCALES])}))*\b",
    re.IGNORECASE,
)
_ZH = r"[零〇一二两三四五六七八九十百千万亿]"
_PERCENT = re.compile(r" ?\\?%")
# What may follow a lone Chinese digit that is a number: 三个 is one, 一般 (usually) is not.
_LONGEST = 40
_MOST_DIGITS = 400  # Python refuses to read integers of 4300
_MEASURE = "个只条本元块岁天年月次名张件米斤克吨升度倍页篇段句点种位人周章步"
_NUMBER = re.compile(
    r"(?P<sign>(?<![A-Za-z0-9)\]}%])[-−])?(?<!\d\.)(?<![A-Za-z_\d])"
    r"(?:(?P<mixed>\d{1,9})(?:又| (?=\d{1,9}/\d)|(?=\\[dt]?frac)))?(?:"
    r"\\[dt]?frac(?:\{(?P<top>\d{1,40})\}\{(?P<bottom>\d{1,40})\}|(?P<above>\d)(?P<below>\d))"
    r"|(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:(?P<decimals>\.\d+)|/(?P<over>\d{1,40})(?!/))?"
    r"(?:[eE](?P<exponent>[+-]?\d{1,2})(?![\dA-Za-z]))?(?!\d)(?!\.\d)"
    r"(?P<big>[万亿](?!一)|千(?![克米瓦卡赫伏帕焦])| ?(?:thousand|million|billion)\b)?)"
    rf"|(?P<zh>负?{_ZH}+(?:点[零〇一二三四五六七八九]+)?(?:分之{_ZH}+)?)"
)


class Number(NamedTuple):
    """A number in a text, by value; `percent` is true if a percent sign follows."""

    value: Fraction
    span: Span
    percent: bool = False

    def equals(self, other: Number) -> bool:
        """Say whether both have one value: 50% is 0.5, and also 50, since units are ignored."""
        if self.value == other.value or self.percent == other.percent:
            return self.value == other.value
        per_cent, plain = (self, other) if self.percent else (other, self)
        return per_cent.value == 100 * plain.value


def find_numbers(text: str) -> Iterator[Number]:
    """Yield the numbers of a text; units and currencies are ignored.

    >>> [str(n.value) for n in find_numbers("共1,000元，即一千元；9.80 = 49/5，第三分之二")]
    ['1000', '1000', '49/5', '49/5', '2/3']
    """
    text = halfwidth(text)
    for match in _NUMBER.finditer(text):
        value = _chinese(match, text) if match["zh"] else _arabic(match)
        if value is not None:
            percent = match[0].startswith("百分之") or bool(_PERCENT.match(text, match.end()))
            yield Number(value, match.span(), percent)


def find_spelled(text: str) -> Iterator[Number]:
    """Yield the numbers of a text that are written out in English.

    >>> [str(n.value) for n in find_spelled("Twenty-one of three hundred and five thousand.")]
    ['21', '305000']
    """
    for match in _SPELLED.finditer(text):
        total = section = 0
        for word in re.findall("[a-z]+", match[0].lower()):
            if word == "hundred":
                section *= 100
            elif word in _SCALES:
                total, section = total + section * _SCALES[word], 0
            else:
                section += _SMALL.get(word, 0)  # `and`
        yield Number(Fraction(total + section), match.span())


def number_of(value: object) -> Number | None:
    """Return the number that makes up a whole text, if it is one."""
    text = str(value).strip()
    number, *others = [*find_numbers(text), None]
    rest = text[number.span[1] :] if number and others == [None] and not number.span[0] else "?"
    return number if rest in {"", "%", "％"} else None


def count_of(word: str) -> int | None:
    """Return the value of a small counting word: `3`, `十二`, `three`."""
    if word.casefold() in _ENGLISH:
        return _ENGLISH.index(word.casefold())
    value = Fraction(int(word)) if word.isdecimal() else _read(word)
    return None if value is None else int(value)


def _arabic(match: re.Match[str]) -> Fraction | None:
    if match["whole"] is None:
        above, below = match["top"] or match["above"], match["bottom"] or match["below"]
        return _signed(match, Fraction(int(above), int(below))) if int(below) else None
    whole, decimals = match["whole"].replace(",", ""), match["decimals"] or ""
    if len(whole) + len(decimals) > _MOST_DIGITS:
        return None
    value = Fraction(f"{whole}{decimals}e{match['exponent'] or 0}")
    if match["over"]:
        if not int(match["over"]):
            return None
        value /= int(match["over"])
    if match["big"]:
        scale = match["big"].strip()
        value *= _BIG.get(scale) or _UNITS.get(scale) or _SCALES[scale]
    return _signed(match, value)


def _signed(match: re.Match[str], value: Fraction) -> Fraction:
    value += int(match["mixed"] or 0)
    return -value if match["sign"] else value


def _chinese(match: re.Match[str], text: str) -> Fraction | None:
    numeral = match["zh"].removeprefix("负")
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    alone = not (before.isalpha() or after.isalpha())
    if len(numeral) == 1 and not (alone or (after and after in _MEASURE and before != "第")):
        return None
    if "分之" in numeral:
        below, _, above = numeral.partition("分之")
        divisor, value = _read(below), _read(above)
        if divisor is None or value is None or not divisor:
            return None
        value = value if below == "百" else value / divisor
    else:
        value = _read(numeral)
    return -value if value is not None and match["zh"][0] == "负" else value


def _read(numeral: str) -> Fraction | None:
    """Read a Chinese numeral: by units (三百二十), or digit by digit (二〇二四)."""
    whole, _, decimals = numeral.partition("点")
    if not whole or len(numeral) > _LONGEST or any(c not in _DIGITS for c in decimals):
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


def _by_units(numeral: str) -> int:
    total = section = digit = 0
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[char], 0
        elif char in _BIG:
            total, section, digit = (total + section + digit) * _BIG[char], 0, 0
    return total + section + digit
