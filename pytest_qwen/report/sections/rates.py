"""The pass rates of behaviors and traits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pytest_qwen.report.contents import Contents
from pytest_qwen.report.groups import by_behavior
from pytest_qwen.report.plots.rates import RateInterval, rates_of, share
from pytest_qwen.report.plots.strips import Strip, rate_text, strip
from pytest_qwen.report.run import RecordedRun

_MOST_TRAITS = 60


class RateRow(NamedTuple):
    """A rate now and before with its interval; `href` leads to a case, "" leads nowhere."""

    label: str
    href: str
    role: str
    strip: Strip
    before: str
    now: str


@dataclass(frozen=True)
class Forest:
    """Rates below each other; `first` is the head of their labels, `two` shows those of before."""

    title: str
    first: str
    rows: list[RateRow]
    two: bool
    open: bool = False


@dataclass(frozen=True)
class Rates:
    """The rates of behaviors, then of traits, the lowest first."""

    template: ClassVar[str] = "rates.jinja"
    forests: list[Forest]

    @classmethod
    def of(cls, contents: Contents) -> Rates:
        """Compute the rates."""
        words, two = contents.words, contents.was is not None
        behaviors = Forest(words.rates, words.behavior, _behaviors(contents), two)
        traits = Forest(words.trait_rates, words.trait, _traits(contents), two, open=True)
        return cls([behaviors, traits])


def rate_row(
    label: str, role: str, now: RateInterval, was: RateInterval | None, href: str = ""
) -> RateRow:
    """Return a row."""
    return RateRow(label[:80], href, role, strip(now, was), rate_text(was), rate_text(now))


def _behaviors(contents: Contents) -> list[RateRow]:
    return [
        rate_row(behavior, role, *rates_of(cases), f"#{cases[0].id}")
        for behavior, by_role in by_behavior(contents.cases)
        for role, cases in by_role.items()
    ]


def _traits(contents: Contents) -> list[RateRow]:
    now = _by_trait(contents.now)
    was = _by_trait(contents.was) if contents.was else None
    rows = [
        (share(shares), trait, role, None if was is None else share(was.get((trait, role), ())))
        for (trait, role), shares in now.items()
    ]
    rows.sort(key=lambda row: row[0].value)
    return [rate_row(trait, role, rate, old) for rate, trait, role, old in rows[:_MOST_TRAITS]]


def _by_trait(run: RecordedRun) -> dict[tuple[str, str], Sequence[float]]:
    shares: dict[tuple[str, str], list[float]] = {}
    for case in run.cases.values():
        for expected in case.expected:
            if expected.judged:
                key = (expected.first.called, case.names[1])
                shares.setdefault(key, []).append(expected.passed / expected.judged)
    return {key: tuple(values) for key, values in shares.items()}
