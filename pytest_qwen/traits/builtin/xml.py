"""Texts that are XML or HTML, or have some in them."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._xml import check_paths, wrong_with
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait(check=check_paths)
def xml(part: Part, elements: list[str] | None = None) -> Verdict:
    """The whole text is one well-formed XML document (https://www.w3.org/TR/xml/).

    `elements` are paths from the root, such as `order.item`, each of which must be there. A
    document that declares entities of its own is refused: they can make a small text huge.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> xml(Part("<a><b/></a>", Reply(text="")), ["a.b", "a.c"]).got
    "XML without 'a.c'"
    """
    wrong = wrong_with(part.text.strip(), elements or [])
    return Verdict(wrong is None, wrong or Reason("traits.xml"))
