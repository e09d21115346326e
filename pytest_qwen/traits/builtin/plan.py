"""Plans: parts that go by number, each with what belongs into it, and steps in an order."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._bounds import within
from pytest_qwen.traits.builtin._lists import list_items
from pytest_qwen.traits.builtin.numbered import SHOWN, Section, check_labels, counted, labelled
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Span, Verdict


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
        return Verdict(False, counted(name, series), spans, values)
    for section, text in zip(sections, _texts(part.text, spans), strict=True):
        if lacking := _lacking(text, points, fields or []):
            got = Reason("checks.phase_lacks", label=name, number=section.first, lacking=lacking)
            return Verdict(False, got, (section.span,), values)
    return Verdict(True, Reason("checks.plan", label=name, last=len(series)), spans, values)


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


def _lacking(text: str, points: int, fields: list[str]) -> Reason | None:
    """Return what a part of a plan lacks."""
    missing = [shorten(name) for name in fields if name.casefold() not in text.casefold()]
    if missing:
        return Reason("checks.without_fields", fields=missing)
    n = sum(1 for _ in list_items(text))
    return Reason("checks.with_points", n=n) if n < points else None
