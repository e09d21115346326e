"""Lengths in bins on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import NamedTuple

_MOST_TICKS = 9


class Bin(NamedTuple):
    """Lengths from `low` to below `high` tokens, and which shares of the samples have them.

    `x` is where it begins on a logarithmic axis from 0 to 1, `width` how wide it is there.
    """

    low: int
    high: int
    x: float
    width: float
    now: float
    was: float


def bin_edges(shortest: int, longest: int) -> list[int]:
    """Return the edges of bins, each about a quarter wider than the one before."""
    edges = [shortest]
    while edges[-1] <= longest:
        edges.append(max(edges[-1] + 1, round(edges[-1] * 1.25)))
    return edges


def _at(n: int, edges: Sequence[int]) -> float:
    """Return where a length stands on the logarithmic axis that the edges span, from 0 to 1."""
    return log(n / edges[0]) / log(edges[-1] / edges[0])


def bins(edges: Sequence[int], now: Sequence[int], was: Sequence[int]) -> list[Bin]:
    """Sort lengths into bins."""
    places = [_at(edge, edges) for edge in edges]
    sides = _binned(now, edges), _binned(was, edges)
    spans = zip(edges, edges[1:], places, places[1:], *sides, strict=False)
    return [Bin(low, high, x, end - x, *shares) for low, high, x, end, *shares in spans]


def _binned(lengths: Sequence[int], edges: Sequence[int]) -> list[float]:
    counts = [0] * (len(edges) - 1)
    at = 0
    for n in sorted(lengths):
        while n >= edges[at + 1]:
            at += 1
        counts[at] += 1
    return [count / len(lengths) if lengths else 0.0 for count in counts]


def ticks(edges: Sequence[int]) -> list[tuple[int, float]]:
    """Return round numbers within the axis with their places from 0 to 1.

    Its ends where it has fewer than two.
    """
    powers = [10**n for n in range(len(str(edges[-1])))]
    for numbers in ([n * m for n in powers for m in (1, 2, 5)], powers, [edges[0], edges[-1]]):
        inside = [n for n in numbers if edges[0] <= n <= edges[-1]]
        if 2 <= len(inside) <= _MOST_TICKS:
            break
    return [(n, _at(n, edges)) for n in inside]
