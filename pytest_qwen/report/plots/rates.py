"""Rates with their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import NormalDist, fmean
from typing import NamedTuple

from pytest_qwen.record.case import RecordedCase
from pytest_qwen.report.compare import ComparedCase

_Z = NormalDist().inv_cdf(0.975)


class RateInterval(NamedTuple):
    """A share of `n` with its 95 % interval; all are between 0 and 1."""

    value: float
    low: float
    high: float
    n: int


def wilson(successes: float, n: int) -> RateInterval:
    """Return a share with its score interval (Wilson 1927), which no sample size makes empty.

    >>> [round(x, 3) for x in wilson(10, 10)[:3]]
    [1.0, 0.722, 1.0]
    """
    if not n:
        return RateInterval(0.0, 0.0, 1.0, 0)
    p = successes / n
    middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * (p * (1 - p) / n + _Z**2 / (4 * n**2)) ** 0.5
    return RateInterval(p, max(0.0, min(middle - half, p)), min(1.0, max(middle + half, p)), n)


def rate(cases: Iterable[RecordedCase]) -> RateInterval:
    """Return the share of samples that are as expected, each case weighing the same.

    The samples of a case are not independent, so that the interval counts each case once.
    """
    return share(case.share for case in cases if case.counts[1])


def rates_of(cases: Sequence[ComparedCase]) -> tuple[RateInterval, RateInterval | None]:
    """Return the rate of cases now and, where there is a baseline, before."""
    compared = any(case.compared for case in cases)
    was = rate(case.was for case in cases if case.was) if compared else None
    return rate(case.now for case in cases if case.now), was


def share(shares: Iterable[float]) -> RateInterval:
    """Return the mean of the cases' shares with its interval."""
    known: Sequence[float] = list(shares)
    return wilson(fmean(known) * len(known) if known else 0, len(known))
