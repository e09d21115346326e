"""Plans: parts that go by number, each with what belongs into it, and steps in an order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._bounds import check_bounds, within
from pytest_qwen.traits.builtin._lists import item_at
from pytest_qwen.traits.builtin._numerals import count_of
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import lines, strip_span
from pytest_qwen.traits.verdict import Part, Span, Verdict

_MARKUP = re.compile(r"[\s#>*_-]{0,12}")
_LABEL = re.compile(
    r"(?:第\s?(\d{1,3}|[一二三四五六七八九十]{1,3})\s?步|步骤\s?(\d{1,3}|[一二三四五六七八九十]{1,3})"
    r"|(?i:step)\s(\d{1,3}|[a-z]{3,6})\b)"
)


@trait(check=check_bounds)
def steps(
    part: Part,
    exactly: int | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
) -> Verdict:
    r"""The text goes through so many steps, numbered 1, 2, 3 … without a gap.

    A step is a line that begins with `1.`, `1）`, `一、`, `①`, `第一步`, `步骤1` or `Step 1`; of
    points and subpoints, those count that go on from 1. A second list that begins again at 1 is
    another.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> steps(Part("第一步：洗米。\n第三步：煮饭。", Reply(text="")), at_least=2).got
    '1 step, then 3'
    """
    count, broken = 0, 0
    spans = []
    for number, span in _numbered(part.text):
        if number == count + 1:
            count += 1
            spans.append(span)
        elif number > count and not broken:
            broken = number
    passed = not broken and within(count, exactly, at_least, at_most)
    got = Reason("checks.steps", n=count)
    if broken:
        got = Reason("checks.steps_with_gap", n=count, next=broken)
    return Verdict(passed, got, tuple(spans), {"steps": count})


def _numbered(text: str) -> Iterator[tuple[int, Span]]:
    for start, end in lines(text):
        dressed = _MARKUP.match(text, start, end)
        begin = dressed.end() if dressed else start
        if label := _LABEL.match(text, begin, end):
            number, stop = count_of(next(filter(None, label.groups()))), label.end()
        elif item := item_at(text, (begin, end)):
            number, stop = item.number, item.text
        else:
            continue
        if number is not None:
            yield number, strip_span(text, (start, stop))
