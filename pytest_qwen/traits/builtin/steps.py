"""Plans: parts that go by number, each with what belongs into it, and steps in an order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._bounds import check_bounds, within
from pytest_qwen.traits.builtin._numerals import count_of
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import lines
from pytest_qwen.traits.verdict import Part, Span, Verdict

_STEP = re.compile(
    r"[\s#>*_-]{0,12}(?:(?P<arabic>\d{1,3})(?:[.)）](?!\d)|、)|[（(](?P<inside>\d{1,3})[）)]"
    r"|第\s?(?P<ordinal>\d{1,3}|[一二三四五六七八九十]{1,3})\s?步"
    r"|步骤\s?(?P<label>\d{1,3}|[一二三四五六七八九十]{1,3})|(?i:step)\s(?P<step>\d{1,3}|[a-z]{3,6})\b"
    r"|(?P<zh>[一二三四五六七八九十]{1,3})、)"
)


@trait(check=check_bounds)
def steps(
    part: Part,
    exactly: int | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
) -> Verdict:
    r"""The text goes through so many steps, numbered 1, 2, 3 … without a gap.

    A step is a line that begins with `1.`, `1）`, `一、`, `第一步`, `步骤1` or `Step 1`; of points
    and subpoints, those count that go on from 1. A second list that begins again at 1 is another.

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
        match = _STEP.match(text, start, end)
        number = count_of(next(filter(None, match.groups()))) if match else None
        if match and number is not None:
            yield number, match.span()
