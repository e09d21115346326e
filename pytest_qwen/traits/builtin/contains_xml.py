"""Texts that are XML or HTML, or have some in them."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._xml import check_paths, find_element
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait(check=check_paths)
def contains_xml(part: Part, elements: list[str] | None = None) -> Verdict:
    """Somewhere in the text stands a well-formed XML element; with `elements`, one that has these.

    The outermost elements are looked at, from left to right, and those inside one that is never
    closed.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> contains_xml(Part("如下：<a>1</a>。", Reply(text=""))).spans
    ((3, 11),)
    """
    element = find_element(part.text, elements or [])
    if element is None:
        return Verdict(False, Reason("traits.no_xml_element"))
    span, wrong = element
    return Verdict(wrong is None, wrong or Reason("traits.contains_xml"), (span,))
