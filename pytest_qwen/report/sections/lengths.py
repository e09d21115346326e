"""How long answers and thoughts are, and how many replies loop or were cut off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pytest_qwen.record.case import RecordedCase
from pytest_qwen.record.schema import SampleLine
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.plots.bins import Bin, bin_edges, bins, ticks
from pytest_qwen.report.plots.rates import RateInterval, share
from pytest_qwen.report.plots.strips import percent
from pytest_qwen.report.run import RecordedRun
from pytest_qwen.report.sections.rates import RateRow, rate_row
from pytest_qwen.report.texts.loops import has_loop
from pytest_qwen.report.texts.parts import answer_tokens, thinking_tokens

_TALLEST = 60
_BASE = 63
"""Pixels from the top of a histogram to the axis, and of its tallest bar."""


class Bar(NamedTuple):
    """A rectangle: places across in percent, heights in pixels."""

    kind: str
    x: str
    width: str
    y: float
    height: float


class Histogram(NamedTuple):
    """The lengths of a role's texts: bars, a title each for one bin's, and what is read aloud."""

    role: str
    bins: list[tuple[str, list[Bar]]]
    median: str
    label: str


class Figure(NamedTuple):
    """Histograms on one axis, whose ticks are places in percent with their numbers."""

    title: str
    histograms: list[Histogram]
    ticks: list[tuple[str, int]]


@dataclass(frozen=True)
class Plots:
    """Lengths of answers and of thoughts, and how replies end."""

    template: ClassVar[str] = "plots.jinja"
    figures: list[Figure]
    ends: list[RateRow]

    @classmethod
    def of(cls, contents: Contents) -> Plots:
        """Draw the plots; a figure without a text is left out."""
        words = contents.words
        drawn = [
            _figure(contents, words.answer_length, answer_tokens),
            _figure(contents, words.thinking_length, thinking_tokens),
        ]
        return cls([figure for figure in drawn if figure.histograms], _ends(contents))


def _ends(contents: Contents) -> list[RateRow]:
    kinds: dict[str, Callable[[SampleLine], bool]] = {
        "loop": has_loop,
        "truncated": lambda sample: sample.truncated,
    }
    return [
        rate_row(contents.words(kind), role, *end_rates(contents, role, holds))
        for kind, holds in kinds.items()
        for role in contents.roles
    ]


def end_rates(
    contents: Contents, role: str, holds: Callable[[SampleLine], bool]
) -> tuple[RateInterval, RateInterval | None]:
    """Return the share of a role's samples of which something holds, now and before."""
    runs = (contents.now, contents.was)
    now, was = (_share(run, role, holds) if run else None for run in runs)
    assert now
    return now, was


def _share(run: RecordedRun, role: str, holds: Callable[[SampleLine], bool]) -> RateInterval:
    cases = [_replied(case) for case in run.cases.values() if case.names[1] == role]
    return share(sum(map(holds, samples)) / len(samples) for samples in cases if samples)


def _replied(case: RecordedCase) -> list[SampleLine]:
    return [sample for sample in case.samples if sample.reply]


def _figure(contents: Contents, title: str, length: Callable[[SampleLine], int]) -> Figure:
    words = contents.words
    sides = [_lengths(run, length) if run else {} for run in (contents.now, contents.was)]
    every = [n for side in sides for lengths in side.values() for n in lengths]
    edges = bin_edges(min(every, default=1), max(every, default=1))
    histograms = []
    for role in contents.roles:
        if lengths := sides[0].get(role, []):
            binned = bins(edges, lengths, sides[1].get(role, []))
            median = f"{words.median} {sorted(lengths)[len(lengths) // 2]}"
            label = f"{title}{words.comma}{words.labeled(role, median)}"
            bars = _bars(binned, two=contents.was is not None)
            histograms.append(Histogram(role, bars, median, label))
    return Figure(title, histograms, [(percent(x), n) for n, x in ticks(edges)])


def _lengths(run: RecordedRun, length: Callable[[SampleLine], int]) -> dict[str, list[int]]:
    """Return the lengths of each role's texts; a length of 0 is left out."""
    lengths: dict[str, list[int]] = {}
    for case in run.cases.values():
        if some := [n for sample in _replied(case) if (n := length(sample)) > 0]:
            lengths.setdefault(case.names[1], []).extend(some)
    return lengths


def _bars(binned: Sequence[Bin], *, two: bool) -> list[tuple[str, list[Bar]]]:
    """Draw bins: since tokens are whole, not all are as wide, and a bar's area is its share."""
    top = max(max(b.now, b.was) / b.width for b in binned)
    left, width = (0.3, 0.4) if two else (0.08, 0.84)
    drawn = []
    for place in binned:
        bars = []
        if place.was:
            bars.append(_bar("was", place.x, place.width, place.was / place.width / top))
        if place.now:
            x, height = place.x + left * place.width, place.now / place.width / top
            bars.append(_bar("now", x, width * place.width, height))
        if bars:
            drawn.append((f"{place.low}–{place.high - 1}: {100 * place.now:.0f} %", bars))
    return drawn


def _bar(kind: str, x: float, width: float, height: float) -> Bar:
    return Bar(kind, percent(x), percent(width), _BASE - _TALLEST * height, _TALLEST * height)
