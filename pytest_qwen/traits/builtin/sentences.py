"""How long a text is."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits import text
from pytest_qwen.traits.builtin._bounds import check_bounds, within
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait(check=check_bounds)
def sentences(
    part: Part,
    exactly: int | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
) -> Verdict:
    """The text has so many sentences, as `pytest_qwen.traits.text.sentences` finds them.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> sentences(Part("你好！今天是3.14。", Reply(text="")), 1).spans
    ((0, 3), (3, 11))
    """
    spans = tuple(text.sentences(part.text))
    n = len(spans)
    passed = within(n, exactly, at_least, at_most)
    return Verdict(passed, Reason("traits.sentences", n=n), spans, {"sentences": n})
