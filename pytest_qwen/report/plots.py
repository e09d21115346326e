"""The geometry of the plots, in percent of their size; the template draws it as SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import log
from typing import NamedTuple

from pytest_qwen.report.compare import Pair, by_behavior
from pytest_qwen.report.lines import Sample
from pytest_qwen.report.loops import has_loop
from pytest_qwen.report.rates import Rate, rate, share
from pytest_qwen.report.run import Case, Run

_MOST_TICKS = 9


class Interval(NamedTuple):
    """A row of a forest plot: a rate now and, where there is a baseline, before."""

    label: str
    role: str
    now: Rate
    was: Rate | None
    href: str = ""


class Tick(NamedTuple):
    """A number of an axis and its place, from 0 to 1."""

    n: int
    x: float


class Bar(NamedTuple):
    """One bin of a histogram: lengths from `low` to below `high`, shares of the samples.

    `x` is where it begins on a logarithmic axis from 0 to 1, `width` how wide it is there.
    """

    low: int
    high: int
    x: float
    width: float
    now: float
    was: float


class Histogram(NamedTuple):
    """How long the texts of a role are, in tokens.

    Bins are not all as wide, since tokens are whole: a bar's area tells its share, and `top` is
    the greatest share for its width.
    """

    role: str
    bars: list[Bar]
    ticks: list[Tick]
    top: float
    median: int
    n: int


class Point(NamedTuple):
    """Cases with the same shares before (x) and now (y)."""

    x: float
    y: float
    n: int
    names: str


def behaviors(cases: Sequence[Pair]) -> list[Interval]:
    """Return the pass rate of each behavior and role, the cases of both records paired."""
    return [
        _interval(behavior, role, found, found[0].id)
        for behavior, by_role in by_behavior(list(cases))
        for role, found in by_role.items()
    ]


def by_role(cases: Sequence[Pair], roles: Sequence[str]) -> list[Interval]:
    """Return the pass rate of each role."""
    return [_interval("", r, [p for p in cases if p.case.names[1] == r]) for r in roles]


def _interval(label: str, role: str, found: Sequence[Pair], href: str = "") -> Interval:
    was = rate(p.was for p in found if p.was) if any(p.compared for p in found) else None
    return Interval(label, role, rate(p.now for p in found if p.now), was, href)


def traits(now: Run, was: Run | None, most: int = 60) -> list[Interval]:
    """Return the pass rate of each trait and role, the lowest first."""
    sides = [_by_trait(run) for run in (now, was) if run]
    found = [
        Interval(
            trait, role, share(shares), share(sides[1].get((trait, role), [])) if was else None
        )
        for (trait, role), shares in sides[0].items()
    ]
    return sorted(found, key=lambda interval: interval.now.value)[:most]


def _by_trait(run: Run) -> dict[tuple[str, str], list[float]]:
    found: dict[tuple[str, str], list[float]] = {}
    for case in run.cases.values():
        for one in case.expected:
            if one.judged:
                key = (one.first.called, case.names[1])
                found.setdefault(key, []).append(one.passed / one.judged)
    return found


def ends(now: Run, was: Run | None, roles: Sequence[str]) -> list[Interval]:
    """Return the shares of samples of each role that go round in circles, and that were cut off."""
    kinds: dict[str, Callable[[Sample], bool]] = {
        "loop": has_loop,
        "truncated": lambda sample: sample.truncated,
    }
    return [
        Interval(kind, role, _share(now, role, holds), _share(was, role, holds) if was else None)
        for kind, holds in kinds.items()
        for role in roles
    ]


def _share(run: Run, role: str, holds: Callable[[Sample], bool]) -> Rate:
    cases = [_replied(case) for case in run.cases.values() if case.names[1] == role]
    return share(sum(map(holds, samples)) / len(samples) for samples in cases if samples)


def _replied(case: Case) -> list[Sample]:
    return [sample for sample in case.samples if sample.reply]


def lengths(
    now: Run, was: Run | None, roles: Sequence[str], of: Callable[[Sample], int]
) -> list[Histogram]:
    """Return for each role how long its texts are; a length of 0 is left out."""
    sides = [_lengths(run, of) if run else {} for run in (now, was)]
    all_ = [n for side in sides for found in side.values() for n in found]
    edges = _edges(min(all_, default=1), max(all_, default=1))
    ticks = _ticks(edges)
    histograms = []
    for role in roles:
        if found := sides[0].get(role, []):
            bars = _bars(edges, *(_binned(side.get(role, []), edges) for side in sides))
            top = max(max(bar.now, bar.was) / bar.width for bar in bars)
            median = sorted(found)[len(found) // 2]
            histograms.append(Histogram(role, bars, ticks, top, median, len(found)))
    return histograms


def _lengths(run: Run, of: Callable[[Sample], int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for case in run.cases.values():
        lengths_ = [n for sample in _replied(case) if (n := of(sample)) > 0]
        if lengths_:
            found.setdefault(case.names[1], []).extend(lengths_)
    return found


def _edges(shortest: int, longest: int) -> list[int]:
    """Return the edges of bins, each about a quarter wider than the one before."""
    edges = [shortest]
    while edges[-1] <= longest:
        edges.append(max(edges[-1] + 1, round(edges[-1] * 1.25)))
    return edges


def _at(n: int, edges: Sequence[int]) -> float:
    """Return where a length stands on the logarithmic axis that the edges span, from 0 to 1."""
    return log(n / edges[0]) / log(edges[-1] / edges[0])


def _bars(edges: Sequence[int], now: Sequence[float], was: Sequence[float]) -> list[Bar]:
    places = [_at(edge, edges) for edge in edges]
    spans = zip(edges, edges[1:], places, places[1:], now, was, strict=False)
    return [Bar(low, high, x, end - x, *shares) for low, high, x, end, *shares in spans]


def _ticks(edges: Sequence[int]) -> list[Tick]:
    """Return round numbers within the axis, or its ends where it has fewer than two."""
    powers = [10**n for n in range(len(str(edges[-1])))]
    for numbers in ([n * m for n in powers for m in (1, 2, 5)], powers, [edges[0], edges[-1]]):
        inside = [n for n in numbers if edges[0] <= n <= edges[-1]]
        if 2 <= len(inside) <= _MOST_TICKS:
            break
    return [Tick(n, _at(n, edges)) for n in inside]


def _binned(found: Sequence[int], edges: Sequence[int]) -> list[float]:
    counts = [0] * (len(edges) - 1)
    at = 0
    for n in sorted(found):
        while n >= edges[at + 1]:
            at += 1
        counts[at] += 1
    return [count / len(found) if found else 0.0 for count in counts]


def scatter(cases: Sequence[Pair]) -> list[Point]:
    """Return the cases of both records by their shares before and now."""
    found: Counter[tuple[float, float]] = Counter()
    names: dict[tuple[float, float], list[str]] = {}
    for pair in cases:
        if pair.now and pair.was:
            at = (pair.was.share, pair.now.share)
            found[at] += 1
            names.setdefault(at, []).append(pair.id[2:])
    return [Point(*at, n, ", ".join(names[at][:5])) for at, n in found.most_common()]
