"""Texts that are XML or HTML, or have some in them."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._html import VOID, read_html
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait
def contains_html(part: Part) -> Verdict:
    """Somewhere in the text stands an element of HTML, with its end tag if it needs one.

    The document type `<!DOCTYPE html>` does as well; names that HTML does not know do not, unless
    they are those of custom elements (with a `-`).

    >>> from pytest_qwen.model_io.reply import Reply
    >>> contains_html(Part("第一行<br>第二行", Reply(text=""))).spans
    ((3, 7),)
    """
    page = read_html(part.text)
    elements = [
        tag for tag in page.elements if tag.name in VOID or (tag.is_known and page.closed[tag.name])
    ]
    spans = (*page.doctypes, *(tag.span for tag in elements))
    if not spans:
        return Verdict(False, Reason("traits.no_html"))
    return Verdict(True, Reason("traits.contains_html"), spans)
