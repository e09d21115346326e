"""Plans: parts that go by number, each with what belongs into it, and steps in an order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_qwen.messages.names import shorten
from pytest_qwen.traits.builtin._bounds import check_bounds, plural, within
from pytest_qwen.traits.builtin._lists import list_items
from pytest_qwen.traits.builtin._numerals import count_of
from pytest_qwen.traits.builtin.numbered import SHOWN, Section, check_labels, labelled
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import lines
from pytest_qwen.traits.verdict import Part, Span, Verdict

_STEP = re.compile(
    r"[\s#>*_-]{0,12}(?:(?P<arabic>\d{1,3})(?:[.)）](?!\d)|、)|[（(](?P<inside>\d{1,3})[）)]"
    r"|第\s?(?P<ordinal>\d{1,3}|[一二三四五六七八九十]{1,3})\s?步"
    r"|步骤\s?(?P<label>\d{1,3}|[一二三四五六七八九十]{1,3})|(?i:step)\s(?P<step>\d{1,3}|[a-z]{3,6})\b"
    r"|(?P<zh>[一二三四五六七八九十]{1,3})、)"
)


@trait(check=check_labels)
def plan(
    part: Part,
    label: str | list[str],
    exactly: int | None = None,
    at_least: int | None = None,
    *,
    points: int = 0,
    fields: list[str] | None = None,
) -> Verdict:
    r"""The text is a plan by phases, weeks or days (`label`), each with enough in it.

    The parts are found as by `numbered` and must count up from 1 without a gap; `exactly` and
    `at_least` bound the last number. Each part, down to the next one, has at least so many
    `points` (lines behind `-`, `*` or a number) and names each of the `fields`, such as
    `[目标, 任务]`; case does not matter.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> text = "第1周\n- 任务：选题\n第2周\n- 写作"
    >>> plan(Part(text, Reply(text="")), "周", fields=["任务"]).got
    "周 2 without '任务'"
    """
    name, *more = [label] if isinstance(label, str) else label
    sections = _rising(part.text, [name, *more])
    series = [n for section in sections for n in range(section.first, section.last + 1)]
    spans = tuple(section.span for section in sections)
    values = {"numbers": series[:SHOWN]}
    complete = bool(series) and series == [*range(1, len(series) + 1)]
    if not complete or not within(len(series), exactly, at_least):
        got = f"{name} {', '.join(map(str, series[:SHOWN])) or 'nowhere'}"
        return Verdict(False, got, spans, values)
    for section, text in zip(sections, _texts(part.text, spans), strict=True):
        if lacking := _lacking(text, points, fields or []):
            return Verdict(False, f"{name} {section.first} {lacking}", (section.span,), values)
    return Verdict(True, f"{name} 1 to {len(series)}", spans, values)


def _rising(text: str, labels: list[str]) -> list[Section]:
    """Return the sections that go on counting; one that is named again belongs to the text."""
    sections: list[Section] = []
    for section in labelled(text, labels):
        if not sections or section.first > sections[-1].last:
            sections.append(section)
    return sections


def _texts(text: str, spans: tuple[Span, ...]) -> Iterator[str]:
    """Yield what stands between each span and the next one."""
    for i, (_, end) in enumerate(spans):
        yield text[end : spans[i + 1][0] if i + 1 < len(spans) else len(text)]


def _lacking(text: str, points: int, fields: list[str]) -> str:
    """Say what a part of a plan lacks, "" if nothing."""
    missing = [shorten(name) for name in fields if name.casefold() not in text.casefold()]
    if missing:
        return f"without {' and '.join(missing)}"
    n = sum(1 for _ in list_items(text))
    return f"with {plural(n, 'point')}" if n < points else ""


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
    got = plural(count, "step") + (f", then {broken}" if broken else "")
    return Verdict(passed, got, tuple(spans), {"steps": count})


def _numbered(text: str) -> Iterator[tuple[int, Span]]:
    for start, end in lines(text):
        match = _STEP.match(text, start, end)
        number = count_of(next(filter(None, match.groups()))) if match else None
        if match and number is not None:
            yield number, match.span()


def _check_order(items: list[str]) -> None:
    if len(items) < 2 or "" in items:
        raise ValueError("two texts or more")


@trait(check=_check_order)
def in_order(part: Part, items: list[str]) -> Verdict:
    """The texts occur one behind the other, whatever stands between; case does not matter.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> in_order(Part("先煮饭，再洗米。", Reply(text="")), ["洗米", "煮饭"]).got
    "no '煮饭' behind '洗米'"
    """
    spans: list[Span] = []
    for i, item in enumerate(items):
        begin = spans[-1][1] if spans else 0
        match = re.compile(re.escape(item), re.IGNORECASE).search(part.text, begin)
        if match is None:
            behind = f" behind {shorten(items[i - 1])}" if spans else ""
            return Verdict(False, f"no {shorten(item)}{behind}", tuple(spans))
        spans.append(match.span())
    return Verdict(True, "all of them in this order", tuple(spans))
