"""From pairs to passing rates, and from rates to the verdict on each gated name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.gate.pairing import Pair
from pytest_qwen.gate.policy import Policy
from pytest_qwen.gate.statistics import (
    Estimate,
    Item,
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
class Judged:
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
    pairs: Sequence[Pair], names: Sequence[str], *, missing: bool = False
) -> dict[str, list[Item]]:
    """Return the items of each name: `SUITE`, a trait, `same_as` or `more_than`.

    What a case is held to has one outcome a case: of `SUITE`, its rate is the share of samples that
    pass, times the share of these that hold. What is missing counts as `missing`.
    """
    found: dict[str, list[Item]] = {name: [] for name in names}
    for one in pairs:
        for name, items in found.items():
            places = [i for i, check in enumerate(one.checks) if name in (SUITE, check.trait)]
            held = [h for h in one.held if name in (SUITE, h.name)]
            if places or held:
                n, n_before, n_after = len(one.samples), 0.0, 0.0
                for _, before, after in one.samples:
                    n_before += all(map(before.passes.__getitem__, places))
                    n_after += all(map(after.passes.__getitem__, places)) if after else missing
                if held:
                    n_before *= fmean(h.before for h in held)
                    n_after *= fmean(missing if h.after is None else h.after for h in held)
                items.append(Item(one.cluster, n_before / n, n_after / n))
    return found


def judge(
    rates: Mapping[str, Sequence[Item]], policy: Policy, alarm: float | None = None
) -> list[Judged]:
    """Judge each name alone, alarms at the level `alarm`, adjusted by Holm.

    The bounds need no adjustment: to pass, all of them have to hold (an intersection-union test).
    """
    alarm = policy.level if alarm is None else alarm
    estimates = {name: estimate(items, policy.level) for name, items in rates.items()}
    adjusted = holm([found.p for found in estimates.values()])
    judged = []
    for (name, found), p in zip(estimates.items(), adjusted, strict=True):
        worse, can_be_too_much = p <= alarm, found.lower <= -policy.margin
        outcome = Outcome.MINOR if worse else Outcome.PASS
        needed = None
        if worse and can_be_too_much:
            outcome = Outcome.REGRESSED
        elif can_be_too_much or found.clusters < LEAST_CLUSTERS:
            outcome = Outcome.INCONCLUSIVE
            needed = clusters_needed(found, policy.margin, policy.level, LEAST_CLUSTERS)
        judged.append(Judged(name, found, p, outcome, needed))
    return judged


def worst(judged: Sequence[Judged]) -> Outcome:
    """Return the verdict on all names together: the worst of theirs."""
    return min((one.outcome for one in judged), key=_WORST.index)


def advisory(pairs: Sequence[Pair], names: Sequence[str], policy: Policy) -> list[Judged]:
    """Estimate the traits that are not gated; the likeliest losses first."""
    found = {name: estimate(items, policy.alpha) for name, items in rates(pairs, names).items()}
    adjusted = benjamini_hochberg([one.p for one in found.values()])
    rows = [
        Judged(name, one, p, Outcome.MINOR if p <= policy.alpha else Outcome.PASS)
        for (name, one), p in zip(found.items(), adjusted, strict=True)
    ]
    return sorted(rows, key=lambda row: (row.p_adjusted, row.estimate.change))
