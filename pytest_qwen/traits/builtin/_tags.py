"""The tags of XML and HTML in untrusted text, found in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pytest_qwen.traits.verdict import Span

# Of three tags that begin in one another's quotes, each quotation mark leaves one outside, where
# the next `<` ends it: no character is read more than a few times.
_TAG = re.compile(
    r"<(?P<close>/)?(?P<name>[^\W\d][\w:.-]*+)(?=[\s/>])"
    r"""(?:"[^"]*+"|'[^']*+'|[^"'<>])*+>"""
)
Pair = tuple[re.Pattern[str], re.Pattern[str]]
NO_TAGS: tuple[Pair, ...] = tuple(
    (re.compile(re.escape(a)), re.compile(re.escape(b)))
    for a, b in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))
)
"""What opens and closes stretches without tags: comments, in XML also CDATA and instructions."""


class Tag(NamedTuple):
    """A tag: its name, whether it closes an element or is one by itself, and where it stands."""

    name: str
    closes: bool
    is_empty: bool
    span: Span


def blanked(text: str, without: Sequence[Pair] = NO_TAGS) -> str:
    """Return the text with blanks in what stands between the patterns of each pair.

    >>> blanked("<!-- <b> -->1<?x y?>")
    '<!--     -->1<?   ?>'
    """
    for opening, closing in without:
        pieces, at = [], 0
        while (opened := opening.search(text, at)) and (
            closed := closing.search(text, opened.end())
        ):
            pieces += [text[at : opened.end()], " " * (closed.start() - opened.end())]
            at = closed.start()
        text = "".join([*pieces, text[at:]])
    return text


def tags(text: str) -> Iterator[Tag]:
    """Yield the tags of a text.

    >>> [tag.name for tag in tags('<a x=">">1<br/></a> <2')]
    ['a', 'br', 'a']
    """
    for match in _TAG.finditer(text):
        yield Tag(match["name"], bool(match["close"]), match[0].endswith("/>"), match.span())


def outermost(found: Iterable[Tag]) -> list[Span]:
    """Return where the outermost elements stand whose tags match; others are left aside.

    >>> outermost(tags("<p> <a><b>1</b></a> <c/> </q>"))
    [(4, 19), (20, 24)]
    """
    spans: list[Span] = []
    open_tags: list[Tag] = []
    names: dict[str, int] = {}  # how often each is open
    for tag in found:
        start, end = tag.span
        if not (tag.closes or tag.is_empty):
            open_tags.append(tag)
            names[tag.name] = names.get(tag.name, 0) + 1
            continue
        if tag.closes:
            if not names.get(tag.name):
                continue
            matches = open_tags[-1].name == tag.name
            while (opened := open_tags.pop()).name != tag.name:
                names[opened.name] -= 1
            names[tag.name] -= 1
            if not matches:
                continue
            start = opened.span[0]
        while spans and spans[-1][0] >= start:
            spans.pop()
        spans.append((start, end))
    return spans
