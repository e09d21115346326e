"""A bar with a point: an interval between 0 and 1 or of a change, as a row of a table draws it.

Places are percentages of the width, such as `12.5%`; heights are in pixels.
"""

from __future__ import annotations

from typing import NamedTuple

from pytest_qwen.report.plots.rates import RateInterval


class Stroke(NamedTuple):
    """A horizontal line at the height `y`; `kind` is its class in the style."""

    kind: str
    x1: str
    x2: str
    y: int


class Dot(NamedTuple):
    """A point at the height `y`."""

    kind: str
    x: str
    y: int
    radius: float


class Strip(NamedTuple):
    """The drawing: an axis in the middle, vertical lines, intervals and points."""

    height: int
    middle: int
    uprights: list[tuple[str, str]]
    segments: list[Stroke]
    dots: list[Dot]


def percent(fraction: float) -> str:
    """Return a fraction as a percentage with four digits.

    >>> percent(0.123456)
    '12.35%'
    """
    return f"{100 * fraction:.4g}%"


def rate_text(rate: RateInterval | None) -> str:
    """Return a rate in whole percent, a dash where nothing was judged."""
    return f"{100 * rate.value:.0f} %" if rate and rate.n else "–"


def strip(now: RateInterval, was: RateInterval | None) -> Strip:
    """Draw a rate with its interval, and above it that of before where there is a baseline."""
    segments, dots = [], []
    height, y = (22, 16) if was else (16, 8)
    if was and was.n:
        segments.append(Stroke("was", percent(was.low), percent(was.high), 6))
        dots.append(Dot("was", percent(was.value), 6, 3.5))
    if now.n:
        worse = was is not None and bool(was.n) and now.value < was.value
        segments.append(Stroke("now", percent(now.low), percent(now.high), y))
        dots.append(Dot("now worse" if worse else "now", percent(now.value), y, 4))
    return Strip(height, height // 2, [], segments, dots)
