"""How a reply is laid out: lists, emphasis, sections, JSON, a title."""

from __future__ import annotations

import re

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._lists import list_items
from pytest_qwen.traits.builtin.ifeval.catalogue import OPTIONS, counted, folded, instruction
from pytest_qwen.traits.builtin.json_ import json_
from pytest_qwen.traits.text import lines
from pytest_qwen.traits.verdict import Part, Verdict

_NUMERAL = r"(?:\d{1,3}|[一二三四五六七八九十百]{1,4})"
# The points of a Chinese list, which has no bullets: 一、 · 1、 · （一） · ①
_POINTS = ("一、", "、", "(1)", "①")
# Emphasis as in CommonMark: neither the opening nor the closing asterisks face a space.
_HIGHLIGHT = re.compile(r"(?<![\\*])\*{1,3}(?![\s*])[^*\n]*[^\s*]\*{1,3}(?!\*)")
_TITLE = re.compile(
    r"<<([^<>\n]+)>>|＜＜([^＜＞\n]+)＞＞"
    r"|^[ \t#*]*(?:(?:标题|题目)[:：][ \t*]*)?《([^《》\n]+)》[ \t*]*$",
    re.MULTILINE,
)
_OPENING = r"[\s>*_#\[【(（\"'“「-]*"


@instruction("detectable_format:number_bullet_lists")
def number_bullet_lists(part: Part, num_bullets: int) -> Verdict:
    """Exactly so many bullets, each on a line: `-`, `*`, `+`, `•`, `·`, `●` and their like.

    Where there are none, the points of a Chinese list count: `一、`, `1、`, `（一）`, `①`.
    """
    items = list(list_items(part.text))
    spans = [item.span for item in items if item.marker != "number"]
    spans = spans or [item.span for item in items if item.style in _POINTS]
    return counted(Reason("checks.points", n=len(spans)), None, num_bullets, tuple(spans))


@instruction("detectable_format:constrained_response")
def constrained_response(part: Part, options: list[str] = OPTIONS) -> Verdict:
    """The reply gives one of the options and none of the others, whatever the case."""
    text = folded(part.text)
    given = [shorten(option) for option in options if folded(option) in text]
    got = Reason("checks.options", options=given) if given else Reason("checks.no_option")
    return Verdict(len(given) == 1, got)


@instruction("detectable_format:number_highlighted_sections")
def number_highlighted_sections(part: Part, num_highlights: int) -> Verdict:
    """At least so many stretches of `*emphasis*`, `**strong**` or `***both***`."""
    spans = tuple(match.span() for match in _HIGHLIGHT.finditer(part.text))
    return counted(Reason("checks.highlights", n=len(spans)), "at least", num_highlights, spans)


@instruction("detectable_format:multiple_sections")
def multiple_sections(part: Part, section_spliter: str, num_sections: int) -> Verdict:
    """At least so many lines begin with the splitter and a number: `SECTION 1`, `第一部分`."""
    name = re.escape(section_spliter.strip())
    mark = re.compile(rf"{_OPENING}(?:{name}\s?{_NUMERAL}|第\s?{_NUMERAL}\s?{name})", re.IGNORECASE)
    matches = [mark.match(part.text, a, b) for a, b in lines(part.text)]
    spans = tuple(match.span() for match in matches if match)
    return counted(Reason("checks.sections", n=len(spans)), "at least", num_sections, spans)


@instruction("detectable_format:json_format")
def json_format(part: Part) -> Verdict:
    """The whole reply is one JSON value, in a code fence or not."""
    return json_(part, allow_fence=True)


@instruction("detectable_format:title")
def title(part: Part) -> Verdict:
    """A title stands in `<<…>>`, or by itself on a line in `《…》`."""
    for match in _TITLE.finditer(part.text):
        if any(name and name.strip() for name in match.groups()):
            got = Reason("checks.text", text=shorten(match[0].strip()))
            return Verdict(True, got, (match.span(),))
    return Verdict(False, Reason("checks.no_title"))
