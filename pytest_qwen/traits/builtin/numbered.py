"""Plans that go by number: week 1, week 2, week 3."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._bounds import check_bounds, within
from pytest_qwen.traits.builtin._numerals import count_of
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import halfwidth, lines
from pytest_qwen.traits.verdict import Part, Span, Verdict

_MARKUP = r"[\W_]{0,24}(?:\d{1,3}[.)、])?[\W_]{0,8}"
_CHINESE = "[零一二两三四五六七八九十百]{1,5}"
_NUMBER = rf"\d{{1,3}}|{_CHINESE}"
_TO = r"\s{0,3}(?:-|–|—|~|至|到|to|and|&|和|、|,)\s{0,3}"
_HAN = "[\u4e00-\u9fff]"
_DAYS = ("周", "星期", "礼拜")
SHOWN = 40


class Section(NamedTuple):
    """The numbers, first to last, that the label of a line gives, and where the label stands."""

    first: int
    last: int
    span: Span


def check_labels(
    label: str | list[str],
    exactly: int | None = None,
    at_least: int | None = None,
    **_: object,
) -> None:
    """Refuse labels that nothing is counted by, and bounds that nothing keeps."""
    labels = [label] if isinstance(label, str) else label
    if not labels or not all(name.strip() for name in labels):
        raise ValueError("a label such as 周 or Week")
    if exactly is not None or at_least is not None:
        check_bounds(exactly, at_least)


@trait(check=check_labels)
def numbered(
    part: Part,
    label: str | list[str],
    exactly: int | None = None,
    at_least: int | None = None,
) -> Verdict:
    r"""Lines or headings count a label up from 1 without a gap: `第1周`, `步骤2`, `Day Three`.

    A range (`第1-2周`, `Weeks 1–4`) covers all its numbers. A label may stand several times in a
    row, as heading and in the text below it, and the whole series may be gone through again, as
    in a summary. `exactly` and `at_least` bound the last number.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> numbered(Part("第1周：选题\n**第2-3周**：写作", Reply(text="")), "周", exactly=3).got
    '周 1, 2, 3'
    """
    labels = [label] if isinstance(label, str) else label
    series: list[int] = []
    spans = []
    for first, last, span in labelled(part.text, labels):
        series += [n for n in range(first, last + 1) if [n] != series[-1:]]
        spans.append(span)
    top = max(series, default=0)
    complete = bool(top) and series == [*range(1, top + 1)] * (len(series) // top)
    passed = complete and within(top, exactly, at_least)
    return Verdict(passed, counted(labels[0], series), tuple(spans), {"last": top})


def counted(label: str, series: list[int]) -> Reason:
    """Return the evidence of the numbers that a label has."""
    if not series:
        return Reason("checks.label_without_number", label=label)
    return Reason("checks.label_with_numbers", label=label, numbers=series[:SHOWN])


def labelled(text: str, labels: list[str]) -> Iterator[Section]:
    """Yield a section for each line that a label opens."""
    names = "|".join(re.escape(name.strip()) for name in labels)
    # After these a number in Chinese is a day: 周一 is Monday.
    others = "|".join(re.escape(n) for n in map(str.strip, labels) if n not in _DAYS) or r"(?!)"
    pattern = re.compile(
        rf"{_MARKUP}(?:第\s?(?P<a>{_NUMBER})\s?(?:{names})?(?:{_TO}第?\s?(?P<b>{_NUMBER}))?"
        rf"\s?(?:{names})|(?:{names})s?\s{{0,3}}(?P<c>\d{{1,3}}|[A-Za-z]{{3,9}})"
        rf"(?:{_TO}(?:(?:{names})\s?)?(?P<d>\d{{1,3}}))?(?![A-Za-z\d])"
        rf"|(?:{others})\s?(?P<e>{_CHINESE})"
        rf"(?:{_TO}(?:(?:{others})\s?)?(?P<f>{_CHINESE}))?(?!{_HAN}))",
        re.IGNORECASE,
    )
    text = halfwidth(text)
    for start, end in lines(text):
        match = pattern.match(text, start, end)
        first = count_of(match["a"] or match["c"] or match["e"]) if match else None
        if match and first is not None:
            last = count_of(match["b"] or match["d"] or match["f"] or "")
            yield Section(first, last or first, match.span())
