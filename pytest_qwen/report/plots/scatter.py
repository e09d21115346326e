"""Each case by its share of passing samples before and now, as points in a square."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pytest_qwen.report.compare import ComparedCase
from pytest_qwen.report.words import Words

_SIDE = 220
_LARGEST = 14
_NAMED = 5


class Point(NamedTuple):
    """Cases with the same two shares: a circle whose area says how many; pixels."""

    kind: str
    x: float
    y: float
    radius: float
    title: str


def scatter(cases: Sequence[ComparedCase], words: Words) -> Iterator[Point]:
    """Yield the points of cases that both records have, those of most cases first."""
    sizes: Counter[tuple[float, float]] = Counter()
    names: dict[tuple[float, float], list[str]] = {}
    for case in cases:
        if case.now and case.was:
            shares = (case.was.share, case.now.share)
            sizes[shares] += 1
            names.setdefault(shares, []).append(case.id[2:])
    for (before, now), n in sizes.most_common():
        named = ", ".join(names[before, now][:_NAMED])[:300]
        rates = f"{words.before} {100 * before:.4g} %{words.comma}{words.now} {100 * now:.4g} %"
        yield Point(
            kind="worse" if now < before else "point",
            x=_SIDE * before,
            y=_SIDE - _SIDE * now,
            radius=min(3 + n**0.5, _LARGEST),
            title=words.labeled(rates, f"{n} ({named})"),
        )
