"""The items of lists, Chinese and English: - rice, * rice, • 水稻, 1. rice, 一、水稻, ① 水稻."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from pytest_qwen.traits.builtin._numerals import count_of
from pytest_qwen.traits.text import lines
from pytest_qwen.traits.verdict import Span

Marker = Literal["-", "*", "•", "+", "number"]

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_NUMERAL = r"\d{1,3}|[一二三四五六七八九十百]{1,4}"
_ITEM = re.compile(
    r"(?P<indent>[ \t　]*)(?:(?:(?P<bullet>[-+*·－＊])[ \t　]|(?P<dot>[•●○◦▪■◆]))"
    r"|(?P<arabic>\d{1,3})(?P<mark>[.)）](?!\d)|、)"
    rf"|(?P<chinese>[一二三四五六七八九十百]{{1,4}})、|[（(](?P<inside>{_NUMERAL})[）)]"
    rf"|(?P<circled>[{_CIRCLED}]))[ \t　]*(?=.*\w)"
)
_MARKERS: dict[str, Marker] = {"-": "-", "－": "-", "*": "*", "＊": "*", "+": "+"}


class Item(NamedTuple):
    """An item of a list, down to the end of its line.

    `style` is how the marker is written: the bullet itself, or for numbers one of `.`, `)`, `、`,
    `一、`, `(1)`, `①`. `indent` counts characters; `text` is where the item's own text begins.
    """

    marker: Marker
    style: str
    number: int | None
    indent: int
    span: Span
    text: int


def list_items(text: str) -> Iterator[Item]:
    """Yield the items of a text's lists; a line without a word, such as `---`, is none.

    >>> [(item.marker, item.style, item.number) for item in list_items("- 水稻\\n二、小麦\\n3.14")]
    [('-', '-', None), ('number', '一、', 2)]
    """
    return (item for line in lines(text) if (item := item_at(text, line)))


def item_at(text: str, line: Span) -> Item | None:
    """Return the item that begins where the span of a line, or of the end of one, begins."""
    match = _ITEM.match(text, *line)
    if match is None:
        return None
    span, indent = (match.end("indent"), line[1]), len(match["indent"])
    if bullet := match["bullet"] or match["dot"]:
        return Item(_MARKERS.get(bullet, "•"), bullet, None, indent, span, match.end())
    if circled := match["circled"]:
        number: int | None = _CIRCLED.index(circled) + 1
        style = "①"
    else:
        number = count_of(match["arabic"] or match["chinese"] or match["inside"])
        style = "一、" if match["chinese"] else (match["mark"] or "(1)").replace("）", ")")
    return Item("number", style, number, indent, span, match.end())
