"""HTML in untrusted text, read by the rules of HTML5; justhtml is imported here only.

https://html.spec.whatwg.org/multipage/parsing.html, of which justhtml (MIT, without dependencies)
passes the tests of html5lib. Unlike html5lib itself its time stays linear and its trees bounded,
and unlike lxml it reads HTML5 and not HTML 4.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any, NamedTuple

from pytest_qwen.traits.text import strip_span
from pytest_qwen.traits.verdict import Span


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The elements of HTML (https://html.spec.whatwg.org/multipage/indices.html, 2026), those that
# have no end tag, and those whose end tag may be left out (sections 13.1.2 and 13.1.2.4).
VOID = _names("area base br col embed hr img input link meta source track wbr")
OPTIONAL = _names(
    "html head body li dt dd p rt rp optgroup option colgroup thead tbody tfoot tr td th"
)
_PAIRED = _names(
    "a abbr address article aside audio b bdi bdo blockquote button canvas caption cite code data "
    "datalist del details dfn dialog div dl em fieldset figcaption figure footer form h1 h2 h3 h4 "
    "h5 h6 header hgroup i iframe ins kbd label legend main map mark math menu meter nav noscript "
    "object ol output picture pre progress q ruby s samp script search section select slot small "
    "span strong style sub summary sup svg table template textarea time title u ul var video"
)
_KNOWN = VOID | OPTIONAL | _PAIRED
_DOCTYPE = re.compile(r"<!doctype\s+html\b[^<>]*>", re.IGNORECASE)


class Tag(NamedTuple):
    """A start tag, or an end tag, and where it stands."""

    name: str
    span: Span

    @property
    def is_known(self) -> bool:
        """Say whether HTML knows the element, or it is a custom one, whose name has a `-`."""
        return self.name in _KNOWN or "-" in self.name


class Page(NamedTuple):
    """The HTML in a text, without what is inside SVG and MathML.

    `closed` counts the end tags that close an element, by name; `stray` are the others; `outside`
    is where text stands in no element; `doctypes` is where `<!DOCTYPE html>` does.
    """

    elements: list[Tag]
    closed: Counter[str]
    stray: list[Tag]
    outside: list[Span]
    doctypes: list[Span]


def read_html(text: str) -> Page:
    """Read a text as a browser reads a page; nothing in it is fetched or run.

    >>> page = read_html("好：<p>水稻<br></b></p>")
    >>> [tag.name for tag in page.elements], page.stray, page.outside
    (['p', 'br'], [Tag(name='b', span=(11, 15))], [(0, 2)])
    """
    from justhtml import JustHTML, stream

    text = text.replace("\r", " ")  # which the offsets of the parser do not count
    tree = JustHTML(text, sanitize=False, collect_errors=True, track_node_locations=True)
    begins = [0, *(match.end() for match in re.finditer("\n", text))]
    offsets = [
        begins[(error.line or 1) - 1] + (error.column or 1) - 1
        for error in tree.errors
        if error.code == "unexpected-end-tag"
    ]
    stray = [_tag(text, offset) for offset in offsets]
    events: list[tuple[str, Any]] = list(stream(text))
    ends = Counter(name for kind, name in events if kind == "end")
    elements, outside = _explicit(tree.root, text)
    return Page(
        elements=elements,
        closed=ends - Counter(tag.name for tag in stray),
        stray=stray,
        outside=[*outside, *_after_the_end(text, events)],
        doctypes=[match.span() for match in _DOCTYPE.finditer(text)],
    )


def _tag(text: str, start: int) -> Tag:
    end = text.find(">", start) + 1 or len(text)
    name = re.compile(r"</?([^\s/>]*)").match(text, start)
    return Tag(name[1].lower() if name else "", (start, end))


def _explicit(root: Any, text: str) -> tuple[list[Tag], list[Span]]:
    """Return the elements whose start tags the text has, and where text stands outside of them."""
    starts: set[int] = set()  # an element that is formatting may stand in the tree twice
    outside: list[Span] = []
    nodes = [(root, False)]
    while nodes:
        node, is_inside = nodes.pop()
        start = getattr(node, "origin_offset", None)  # of what the parser adds, there is none
        if node.name == "#text" and start is not None and not is_inside and node.data.strip():
            end = text.find("<", start + 1)
            outside.append(strip_span(text, (start, end if end >= 0 else len(text))))
        elif start is not None and node.name[0] not in "#!":
            is_inside = True
            if node.namespace == "html" or node.name in ("svg", "math"):
                starts.add(start)
        inner = [getattr(node, "template_content", None), *(getattr(node, "children", None) or ())]
        nodes += [(child, is_inside) for child in reversed(inner) if child is not None]
    return [_tag(text, start) for start in sorted(starts)], outside


def _after_the_end(text: str, events: list[tuple[str, Any]]) -> list[Span]:
    """Return where text follows the end of the page; browsers move it inside."""
    visible = [event for event in events if event[0] != "text" or event[1].strip()]
    for before, (kind, shown) in pairwise(visible):
        if before in (("end", "html"), ("end", "body")) and kind == "text":
            start = text.rfind(shown.strip())
            return [(start, start + len(shown.strip()))] if start >= 0 else [(len(text),) * 2]
    return []
