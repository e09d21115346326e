"""Texts that are XML or HTML, or have some in them."""

from __future__ import annotations

from collections import Counter

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._html import OPTIONAL, VOID, read_html
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait
def html(part: Part) -> Verdict:
    """The whole text is HTML: a document or elements, with no text outside of them.

    It is read as browsers do (https://html.spec.whatwg.org/multipage/parsing.html). Elements are
    those of the HTML standard and custom ones (with a `-`); all must be closed but those whose
    end tag may be left out. `<div/>` closes nothing, nor does `</p>` after a `<div>` in the `<p>`.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> html(Part("<p>水稻</p>完", Reply(text=""))).got
    "'完' outside of the elements"
    """
    page = read_html(part.text)
    for tag in page.elements:
        if not tag.is_known:
            text = part.text[slice(*tag.span)]
            return Verdict(False, Reason("traits.unknown_element", tag=text), (tag.span,))
    for tag in page.stray:
        return Verdict(False, Reason("traits.stray_end_tag", name=tag.name), (tag.span,))
    unclosed = Counter(tag.name for tag in page.elements) - page.closed
    for tag in reversed(page.elements):
        if unclosed[tag.name] and tag.name not in VOID | OPTIONAL:
            return Verdict(False, Reason("traits.unclosed", name=tag.name), (tag.span,))
    for span in page.outside:
        text = part.text[slice(*span)]
        return Verdict(False, Reason("traits.outside", text=text), (span,))
    if not page.elements:
        return Verdict(False, Reason("traits.no_element"))
    return Verdict(True, Reason("traits.html"))
