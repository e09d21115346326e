"""What is said of a judged rate, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pytest_qwen.gate.compared.pairing import Pairing
from pytest_qwen.gate.judging import LEAST_CLUSTERS, JudgedRate
from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.gate.policy import Policy
from pytest_qwen.messages.reason import Reason


def about_rate(rate: JudgedRate, policy: Policy, alarm: float) -> Reason:
    """Say why a gated name has its verdict; changes and the margin are in points."""
    estimate, margin = rate.estimate, 100 * policy.margin
    change: dict[str, Any] = {
        "name": rate.name,
        "change": 100 * estimate.change,
        "lower": 100 * estimate.lower,
    }
    match rate.outcome:
        case Outcome.REGRESSED:
            return Reason("gate.regressed", **change, p=rate.p_adjusted, margin=margin)
        case Outcome.MINOR:
            return Reason("gate.minor", **change, p=rate.p_adjusted, margin=margin)
        case Outcome.PASS if rate.improved:
            return Reason("gate.improved", **change, margin=margin)
        case Outcome.PASS:
            return Reason("gate.passed", **change, margin=margin)
    if rate.p_adjusted <= alarm and estimate.lower <= -policy.margin:
        return Reason("gate.depends_on_missing", **change)
    if estimate.clusters < LEAST_CLUSTERS:
        return Reason("gate.few_behaviors", **change, least=LEAST_CLUSTERS, n=estimate.clusters)
    return Reason("gate.undecided", **change, margin=margin)


def next_steps(
    outcome: Outcome,
    judged: Sequence[JudgedRate],
    pairing: Pairing,
    policy: Policy,
    rounds: int,
) -> Iterator[Reason]:
    """Yield what to do next."""
    match outcome:
        case Outcome.PASS | Outcome.MINOR:
            yield Reason("gate.do_approve")
        case Outcome.REGRESSED:
            yield Reason("gate.do_look")
        case Outcome.INCONCLUSIVE:
            if pairing.missing["candidate"]:
                yield Reason("gate.do_run_missing")
            yield from _how_much_more(judged, policy)
            if rounds < policy.attempts:
                yield Reason("gate.do_draw")


def _how_much_more(judged: Sequence[JudgedRate], policy: Policy) -> Iterator[Reason]:
    """Yield what this comparison could find, and how much more would decide."""
    unsure = [rate for rate in judged if rate.needed]
    if not unsure:
        return
    detectable = max(rate.estimate.mde for rate in unsure)
    if detectable < 1:
        yield Reason("gate.power", points=100 * detectable)
    needed = max(rate.needed or 0 for rate in unsure)
    yield Reason("gate.behaviors_needed", n=needed, margin=100 * policy.margin)
