"""Lists by points."""

from __future__ import annotations

import re
from typing import Literal

from pytest_qwen.traits.builtin._bounds import check_bounds, plural, within
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import lines
from pytest_qwen.traits.verdict import Part, Verdict

Marker = Literal["-", "*", "•", "number"]
ITEM = re.compile(
    r"(?P<indent>[ \t]*)(?:(?P<bullet>[-*•])[ \t]|\d{1,3}(?:[.)](?!\d)|、)"
    r"|[（(]\d{1,3}[）)]|[一二三四五六七八九十]{1,3}、)(?=.*\w)"
)


def _check_bullets(marker: Marker | list[Marker] | None, **bounds: int | None) -> None:
    if marker == []:
        raise ValueError("at least one kind of marker")
    check_bounds(**bounds)


@trait(check=_check_bullets)
def bullets(
    part: Part,
    exactly: int | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
    marker: Marker | list[Marker] | None = None,
) -> Verdict:
    r"""The text lists so many points, each on a line behind `-`, `*`, `•`, `1.`, `1、` or `一、`.

    Points of the outermost level count: of those that are indented least. A line without a word,
    such as `---` or `* * *`, is no point. `marker` asks for one kind, or for some.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> bullets(Part("- 水稻\n  - 早稻\n---\n- 小麦", Reply(text="")), 2).spans
    ((0, 4), (16, 20))
    """
    wanted = {marker} if isinstance(marker, str) else set(marker or ("-", "*", "•", "number"))
    found = [(m, a, b) for a, b in lines(part.text) if (m := ITEM.match(part.text, a, b))]
    outermost = min((len(m["indent"]) for m, _, _ in found), default=None)
    top = [(m, a, b) for m, a, b in found if len(m["indent"]) == outermost]
    spans = tuple((m.end("indent"), b) for m, a, b in top if (m["bullet"] or "number") in wanted)
    passed = within(len(spans), exactly, at_least, at_most)
    return Verdict(passed, plural(len(spans), "point"), spans, {"points": len(spans)})
