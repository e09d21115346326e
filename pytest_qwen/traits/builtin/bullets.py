"""Lists by points."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._bounds import check_bounds, within
from pytest_qwen.traits.builtin._lists import Marker, list_items
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


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
    r"""The text has so many list items: lines that begin with `-`, `*`, `+`, `•`, `1.` or `一、`.

    Only items of the outermost level count, those with the least indent. A line without a word,
    such as `---` or `* * *`, is no item. `marker` names the kinds that count; `•` stands for all
    round and square bullets, `number` for every way of counting.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> bullets(Part("- 水稻\n  - 早稻\n---\n- 小麦", Reply(text="")), 2).spans
    ((0, 4), (16, 20))
    """
    markers = [marker] if isinstance(marker, str) else marker
    items = list(list_items(part.text))
    level = min((item.indent for item in items), default=None)
    points = [item for item in items if item.indent == level]
    spans = tuple(item.span for item in points if markers is None or item.marker in markers)
    passed = within(len(spans), exactly, at_least, at_most)
    return Verdict(passed, Reason("traits.points", n=len(spans)), spans, {"points": len(spans)})
