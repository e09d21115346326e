"""Plans: parts that go by number, each with what belongs into it, and steps in an order."""

from __future__ import annotations

import re

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Span, Verdict


def _check_order(items: list[str]) -> None:
    if len(items) < 2 or "" in items:
        raise ValueError("two texts or more")


@trait(check=_check_order)
def in_order(part: Part, items: list[str]) -> Verdict:
    """The texts occur one after the other, whatever stands between; case does not matter.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> in_order(Part("先煮饭，再洗米。", Reply(text="")), ["洗米", "煮饭"]).got
    "no '煮饭' after '洗米'"
    """
    spans: list[Span] = []
    for i, item in enumerate(items):
        begin = spans[-1][1] if spans else 0
        match = re.compile(re.escape(item), re.IGNORECASE).search(part.text, begin)
        if match is None:
            got = Reason("checks.missing_text", text=shorten(item))
            if spans:
                got = Reason(
                    "checks.missing_after", text=shorten(item), after=shorten(items[i - 1])
                )
            return Verdict(False, got, tuple(spans))
        spans.append(match.span())
    return Verdict(True, Reason("checks.in_order"), tuple(spans))
