"""Replies that go on with a list or never end, as a Base model's do."""

from __future__ import annotations

import re

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._lists import item_at
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import halfwidth, is_ended, lines
from pytest_qwen.traits.verdict import Part, Span, Verdict

_SEPARATOR = re.compile(r"[、,，;；]")
_SHORT = 40  # characters of an entry in a list within a line


@trait
def continues_list(part: Part, at_least: int = 1) -> Verdict:
    r"""The reply goes on with the list that the prompt is or ends with, by so many entries.

    An entry is a line with the prompt's marker (`-`, `*`, `•`), with the next number in its style
    (`4.` after `3.`), or, after a list within a line (`苹果、香蕉、`), a short text after the same
    separator. Entries that the prompt has already do not count.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> continues_list(Part("4. 西瓜\n5. 葡萄", Reply(text=""), "1. 苹果\n2. 香蕉\n3. 橘子")).got
    '2 more entries'
    """
    spans = _more_lines(part.text, part.prompt) or _more_inline(part.text, part.prompt)
    got = Reason("traits.more_entries", n=len(spans))
    return Verdict(len(spans) >= at_least, got, tuple(spans), {"entries": len(spans)})


def _more_lines(text: str, prompt: str) -> list[Span]:
    """Return the lines that go on with the list at the end of the prompt."""
    listed = [item_at(prompt, line) for line in lines(prompt)]
    last = listed[-1] if listed else None
    if last is None:
        return []
    known = {_name(prompt[item.text : item.span[1]]) for item in listed if item}
    number = last.number
    spans: list[Span] = []
    for line in lines(text):
        item = item_at(text, line)
        number = number and number + 1
        if item is None or (item.style, item.number) != (last.style, number):
            break
        if (name := _name(text[item.text : line[1]])) not in known:
            known.add(name)
            spans.append(line)
    return spans


def _name(entry: str) -> str:
    return entry.strip().rstrip(".。").casefold()


def _more_inline(text: str, prompt: str) -> list[Span]:
    """Return the entries that go on with a prompt which lists within its one line."""
    listed = halfwidth(prompt).strip()
    marks = _SEPARATOR.findall(listed)
    if len(marks) < 2 or len(set(marks)) > 1 or is_ended(listed) or "\n" in listed:
        return []
    known = set(map(_name, listed.split(marks[0])))
    entries = halfwidth(text).lstrip().partition("\n")[0].split(marks[0])
    if entries[0].strip() and not listed.endswith(marks[0]):
        return []  # a beginning of its own: what the things are, or the list once more
    spans = []
    at = len(text) - len(text.lstrip())
    for entry in entries:
        name = _name(entry)
        if len(name) > _SHORT:
            break
        if name and name not in known:
            known.add(name)
            spans.append((at, at + len(entry)))
        at += len(entry) + 1
    return spans
