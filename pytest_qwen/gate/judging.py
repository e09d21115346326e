"""From pairs to passing rates, and from rates to the verdict on each gated name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from pytest_qwen.gate.compared.pairing import PairedCase
from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.gate.policy import Policy
from pytest_qwen.gate.statistics import (
    Estimate,
    PairedRate,
    benjamini_hochberg,
    clusters_needed,
    estimate,
    holm,
)

LEAST_CLUSTERS = 30
"""Below so many clusters nothing passes: the bounds lean on the many."""

SUITE = "suite"
"""What stands for all checks of a sample together."""


_WORST = [Outcome.REGRESSED, Outcome.INCONCLUSIVE, Outcome.MINOR, Outcome.PASS]


@dataclass(frozen=True)
class JudgedRate:
    """One gated name: its estimate, its p adjusted for all that are gated, and its verdict."""

    name: str
    estimate: Estimate
    p_adjusted: float
    outcome: Outcome
    needed: int | None = None

    @property
    def improved(self) -> bool:
        """Whether it is better than before, at the level of the bounds."""
        return self.estimate.lower > 0


def rates(
    cases: Sequence[PairedCase], names: Sequence[str], *, missing: bool = False
) -> dict[str, list[PairedRate]]:
    """Return the items of each name: `SUITE`, a trait, `same_as` or `more_than`.

    A relation has one outcome a case: the rate of `SUITE` is the share of samples that pass, times
    the share of relations that are met. What is missing counts as `missing`.
    """
    items: dict[str, list[PairedRate]] = {name: [] for name in names}
    for case in cases:
        for name, rated in items.items():
            places = [i for i, check in enumerate(case.checks) if name in (SUITE, check.trait)]
            relations = [r for r in case.relations if name in (SUITE, r.name)]
            if places or relations:
                n, n_before, n_after = len(case.samples), 0.0, 0.0
                for _, before, after in case.samples:
                    n_before += all(map(before.passes.__getitem__, places))
                    n_after += all(map(after.passes.__getitem__, places)) if after else missing
                if relations:
                    n_before *= fmean(r.before for r in relations)
                    n_after *= fmean(missing if r.after is None else r.after for r in relations)
                rated.append(PairedRate(case.cluster, n_before / n, n_after / n))
    return items


def judge(
    rates: Mapping[str, Sequence[PairedRate]], policy: Policy, alarm: float | None = None
) -> list[JudgedRate]:
    """Judge each name alone, alarms at the level `alarm`, adjusted by Holm.

    The bounds need no adjustment: to pass, all of them have to hold (an intersection-union test).
    """
    alarm = policy.level if alarm is None else alarm
    estimates = {name: estimate(items, policy.level) for name, items in rates.items()}
    adjusted = holm([change.p for change in estimates.values()])
    judged = []
    for (name, change), p in zip(estimates.items(), adjusted, strict=True):
        worse, can_be_too_much = p <= alarm, change.lower <= -policy.margin
        outcome = Outcome.MINOR if worse else Outcome.PASS
        needed = None
        if worse and can_be_too_much:
            outcome = Outcome.REGRESSED
        elif can_be_too_much or change.clusters < LEAST_CLUSTERS:
            outcome = Outcome.INCONCLUSIVE
            needed = clusters_needed(change, policy.margin, policy.level, LEAST_CLUSTERS)
        judged.append(JudgedRate(name, change, p, outcome, needed))
    return judged


def worst(judged: Sequence[JudgedRate]) -> Outcome:
    """Return the verdict on all names together: the worst of theirs."""
    return min((rate.outcome for rate in judged), key=_WORST.index)


def advisory(cases: Sequence[PairedCase], names: Sequence[str], policy: Policy) -> list[JudgedRate]:
    """Estimate the traits that are not gated; the likeliest losses first."""
    estimates = [estimate(items, policy.alpha) for items in rates(cases, names).values()]
    adjusted = benjamini_hochberg([change.p for change in estimates])
    rows = [
        JudgedRate(name, change, p, Outcome.MINOR if p <= policy.alpha else Outcome.PASS)
        for name, change, p in zip(names, estimates, adjusted, strict=True)
    ]
    return sorted(rows, key=lambda row: (row.p_adjusted, row.estimate.change))
