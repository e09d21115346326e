"""Replies that go on with a list, or come to no end, as a Base model's do."""

from __future__ import annotations

import re

from pytest_qwen.messages.names import shorten
from pytest_qwen.model_io.reply import Finish
from pytest_qwen.traits.builtin._bounds import plural
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import halfwidth, lines
from pytest_qwen.traits.verdict import Part, Span, Verdict

_END = (".", "!", "?", "。", "！", "？", "…", "．", "｡")
_CLOSERS = "\"'”’」』)）】》*_`~ \t\r\n"
_BULLET = re.compile(
    r"[ \t]*(?:(?P<mark>[-*•])[ \t]+|(?P<number>\d{1,3})(?P<dot>[.)、])[ \t]*)(?=\S)"
)
_SEPARATOR = re.compile(r"[、,，;；]")
_TAIL = 20  # characters
_SHORT = 40  # characters of an entry in a list within a line


@trait
def continues_list(part: Part, at_least: int = 1) -> Verdict:
    r"""The reply goes on with the list that the prompt is or ends with, by so many entries.

    An entry is a line with the prompt's marker (`-`, `*`, `•`), with the next number in its style
    (`4.` after `3.`), or, after a list within a line (`苹果、香蕉、`), a short text behind the same
    separator. Entries that the prompt has already do not count.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> continues_list(Part("4. 西瓜\n5. 葡萄", Reply(text=""), "1. 苹果\n2. 香蕉\n3. 橘子")).got
    '2 more entries'
    """
    spans = _more_lines(part.text, part.prompt) or _more_inline(part.text, part.prompt)
    got = plural(len(spans), "more entry").replace("entrys", "entries")
    return Verdict(len(spans) >= at_least, got, tuple(spans), {"entries": len(spans)})


def _more_lines(text: str, prompt: str) -> list[Span]:
    asked = [_BULLET.match(prompt, *line) for line in lines(prompt)]
    last = asked[-1] if asked else None
    if last is None:
        return []
    known = {_rest(prompt, match) for match in asked if match}
    number = int(last["number"] or 0)
    spans: list[Span] = []
    for start, end in lines(text):
        match = _BULLET.match(text, start, end)
        if match is None or (match["mark"], match["dot"]) != (last["mark"], last["dot"]):
            break
        if last["number"] and int(match["number"]) != number + 1:
            break
        number += 1
        if (rest := _rest(text, match)) not in known:
            known.add(rest)
            spans.append((start, end))
    return spans


def _rest(text: str, match: re.Match[str]) -> str:
    return text[match.end() :].partition("\n")[0].strip().casefold()


def _more_inline(text: str, prompt: str) -> list[Span]:
    said, asked = halfwidth(text), halfwidth(prompt).strip()
    marks = _SEPARATOR.findall(asked)
    if len(marks) < 2 or len(set(marks)) > 1 or asked.endswith(_END) or "\n" in asked:
        return []
    known = {entry.strip().casefold() for entry in asked.split(marks[0])}
    line = said.lstrip().partition("\n")[0]
    at = len(said) - len(said.lstrip())
    entries = line.split(marks[0])
    if entries[0].strip() and not asked.endswith(marks[0]):
        return []  # a beginning of its own: what the things are, or the list said again
    spans = []
    for entry in entries:
        name = entry.strip().rstrip(".。").casefold()
        if len(name) > _SHORT:
            break
        if name and name not in known:
            known.add(name)
            spans.append((at, at + len(entry)))
        at += len(entry) + 1
    return spans


@trait(of="text")
def never_ends(part: Part) -> Verdict:
    """The reply was cut off by its length in the middle of a sentence: it came to no end.

    A reply that was cut off behind a full stop may have been about to end; `finish: length` holds
    for both.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> never_ends(Part("水稻是一种", Reply(text="", finish=Finish.LENGTH))).got
    "cut off behind '水稻是一种'"
    """
    said = part.text.rstrip(_CLOSERS)
    tail = shorten(part.text[-_TAIL:])
    if part.reply.finish != Finish.LENGTH:
        return Verdict(False, f"an end, '{part.reply.finish}'")
    open_ended = not said.endswith(_END)
    return Verdict(open_ended, f"cut off behind {tail}", ((max(0, len(said) - 1), len(said)),))
