"""The decision on a candidate: a verdict, why, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pytest_qwen.gate.evidence import Evidence
from pytest_qwen.gate.findings import Flip, flips, hard, lost, severe
from pytest_qwen.gate.judging import (
    LEAST_CLUSTERS,
    SUITE,
    Judged,
    advisory,
    judge,
    rates,
    worst,
)
from pytest_qwen.gate.looks import scope
from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.gate.pairing import Held, Pair, Pairs
from pytest_qwen.gate.policy import Policy
from pytest_qwen.gate.rounds import other_cases, pool
from pytest_qwen.gate.statistics import zero_bound
from pytest_qwen.messages.names import nearest
from pytest_qwen.model_io.reply import ThinkingState
from pytest_qwen.record.record import ERRORS

_KEEP = "keep the first verdict, or raise `attempts` in the policy, where it is seen"


@dataclass
class Decision:
    """A verdict with all that led to it. `reasons` are sentences, the weightiest first."""

    outcome: Outcome
    reasons: list[str]
    policy: Policy
    pairs: Pairs
    judged: list[Judged] = field(default_factory=list)
    advisory: list[Judged] = field(default_factory=list)
    severe: list[str] = field(default_factory=list)
    lost: list[tuple[Pair, Held]] = field(default_factory=list)
    hard: Counter[str] = field(default_factory=Counter)
    flips: list[Flip] = field(default_factory=list)
    todo: list[str] = field(default_factory=list)
    alarm: float = 0.05
    """The level of the alarms."""
    rounds: int = 1
    """How many pairs of records there are."""


def decide(
    baseline: Evidence,
    candidate: Evidence,
    policy: Policy,
    more: Sequence[tuple[Evidence, Evidence]] = (),
) -> Decision:
    """Compare two records and decide; `more` are later rounds with fresh seeds, pooled with them.

    Only what is INCONCLUSIVE takes another round: all others are answers, and stay.
    """
    rounds = [(baseline, candidate)]
    decision = _decide(rounds, policy)
    for sides in more:
        if decision.outcome != Outcome.INCONCLUSIVE:
            told = (
                f"{sides[1].path}: expected more samples for an INCONCLUSIVE gate, got one that "
                f"is {decision.outcome} without them"
            )
            return replace(decision, outcome=Outcome.INVALID, reasons=[told], todo=[_KEEP])
        rounds.append(sides)
        decision = _decide(rounds, policy)
    return decision


def _decide(rounds: Sequence[tuple[Evidence, Evidence]], policy: Policy) -> Decision:
    scopes = [scope(*sides, policy) for sides in rounds]
    pairs = pool([(one.baseline, one.candidate) for one in scopes], policy)
    known = {check.trait for one in pairs.pairs for check in one.checks}
    known |= {held.name for one in pairs.pairs for held in one.held}
    behaviors = {one.behavior for one in pairs.pairs}
    problems = [*(problem for one in scopes for problem in one.problems), *other_cases(rounds)]
    problems += pairs.problems
    traits = policy.traits
    if rounds[0][1].look is None:
        problems += unknown_names(policy, known, behaviors)
    else:  # of what the policy names, later blocks may have more
        traits = tuple(name for name in traits if name in known)
    decision = Decision(Outcome.INVALID, problems, policy, pairs)
    decision.alarm, decision.rounds = min(one.alarm for one in scopes), len(rounds)
    for one in scopes:
        decision.hard += hard(one.candidate, policy)
    if problems:
        decision.todo = ["mend what is named above, or record the side anew, and gate again"]
        return decision
    decision.flips, decision.severe = flips(pairs.pairs), severe(pairs.pairs)
    decision.lost = lost(pairs.pairs)
    names = (SUITE, *traits)
    decision.judged = judge(rates(pairs.pairs, names), policy, decision.alarm)
    decision.advisory = advisory(pairs.pairs, sorted(known - {*traits}), policy)
    decision.outcome = worst(decision.judged)
    if pairs.missing["candidate"] or pairs.unjudged:
        _check_missing(decision)
    decision.reasons += [_reason(one, decision) for one in decision.judged if _tells(one, decision)]
    _fail_hard(decision)
    for (before, candidate), one in zip(rounds, scopes, strict=True):
        if candidate.look is not None:
            n = [len({c.cluster for c in e.cases.values()}) for e in (one.baseline, before)]
            told = (
                f"look {candidate.look} ended the run by design, after {n[0]} of {n[1]} behaviors"
            )
            decision.reasons.append(told)
            if decision.outcome in (Outcome.PASS, Outcome.MINOR):
                decision.outcome = Outcome.INCONCLUSIVE
                decision.reasons.insert(
                    0, f"look {candidate.look} saw no alarm, and passes nothing"
                )
    decision.todo = list(_todo(decision))
    return decision


OCCURRENCES = {*ERRORS, *ThinkingState}
"""What `hard` may name besides traits."""


def unknown_names(policy: Policy, traits: set[str], behaviors: set[str]) -> list[str]:
    """Return a line for each name in the policy that records do not have."""
    return [
        *_unknown("traits", policy.traits, traits),
        *_unknown("critical", policy.critical, behaviors),
        *_unknown("hard", policy.hard, traits | OCCURRENCES),
    ]


def _unknown(key: str, names: Sequence[str], known: set[str]) -> Iterator[str]:
    for name in names:
        if name not in known:
            do = nearest(name, known) if known else "nothing was judged"
            yield f"policy: expected under {key} what the records have, got {name!r}: {do}"


def _check_missing(decision: Decision) -> None:
    """Decide again with the missing samples as passed: what hangs on them is not decided."""
    policy, pairs = decision.policy, decision.pairs
    passed = rates(pairs.pairs, [one.name for one in decision.judged], missing=True)
    others = judge(passed, policy, decision.alarm)
    other = worst(others)
    kinds = ", ".join(f"{n} {kind}" for kind, n in pairs.missing["candidate"].most_common())
    n = f"{pairs.missing['candidate'].total()} of {pairs.expected}"
    told = f"{n} samples of the candidate are missing ({kinds})" if kinds else ""
    if pairs.unjudged:
        whole = f"{pairs.unjudged} relations between prompts are not judged in the candidate"
        told = f"{told}, {whole}" if told else whole
    decision.judged = [
        one if one.outcome == new.outcome else replace(one, outcome=Outcome.INCONCLUSIVE)
        for one, new in zip(decision.judged, others, strict=True)
    ]
    if other == decision.outcome:
        decision.reasons.append(f"{told}; the verdict is the same if they passed")
        return
    decision.reasons.append(f"{told}: {decision.outcome} if they failed, {other} if they passed")
    decision.outcome = Outcome.INCONCLUSIVE


def _fail_hard(decision: Decision) -> None:
    """Fail for what must not occur even once, whatever the averages say."""
    told = [f"{name} must not occur, got {n} times" for name, n in decision.hard.items()]
    critical = [
        name for name in decision.severe if name.partition("[")[0] in decision.policy.critical
    ]
    told += [f"{name} went from all passing to all failing: it is critical" for name in critical]
    told += [
        f"{one.case.rpartition('::')[2]} held {held.name} and does not any more: it is critical"
        for one, held in decision.lost
        if one.behavior in decision.policy.critical
    ]
    held = {one.name for pair in decision.pairs.pairs for one in pair.held}
    if told:
        decision.outcome, decision.reasons = Outcome.REGRESSED, told + decision.reasons
    elif names := [n for n in decision.policy.hard if not decision.hard[n] and n not in held]:
        n = sum(after is not None for one in decision.pairs.pairs for *_, after in one.samples)
        bound = f"{100 * zero_bound(n, decision.policy.alpha):.2g} %"
        decision.reasons.append(f"no {', '.join(names)} in {n} samples: its rate is below {bound}")


def _tells(one: Judged, decision: Decision) -> bool:
    return one.outcome != Outcome.PASS or decision.outcome == Outcome.PASS


def points(fraction: float) -> str:
    """Return a change in points, with its sign.

    >>> points(-0.1034)
    '-10.3'
    """
    return f"{100 * fraction:+.1f}"


def _reason(one: Judged, decision: Decision) -> str:
    policy = decision.policy
    found, margin = one.estimate, f"{100 * policy.margin:g}"
    drop = f"{one.name}: changed by {points(found.change)} points, at worst {points(found.lower)}"
    match one.outcome:
        case Outcome.REGRESSED:
            return f"{drop}: it is worse (p = {one.p_adjusted:.2g}), perhaps by {margin} or more"
        case Outcome.MINOR:
            return f"{drop}: it is worse (p = {one.p_adjusted:.2g}), by less than {margin}"
        case Outcome.PASS:
            better = ", and it is better" if one.improved else ""
            return f"{drop}: a drop of {margin} points can be ruled out{better}"
    if one.p_adjusted <= decision.alarm and found.lower <= -policy.margin:
        return f"{drop}: it hangs on the samples that are missing"
    few = (
        f"it takes {LEAST_CLUSTERS} behaviors to pass, got {found.clusters}"
        if found.clusters < LEAST_CLUSTERS
        else f"neither worse for certain nor safe from a drop of {margin} points"
    )
    return f"{drop}: {few}"


def _todo(decision: Decision) -> Iterator[str]:
    """Yield what to do next."""
    match decision.outcome:
        case Outcome.PASS | Outcome.MINOR:
            yield "make the candidate the next baseline with `pytest-qwen approve`"
        case Outcome.REGRESSED:
            yield "look at the flips, and at all replies in the records"
        case Outcome.INCONCLUSIVE:
            if decision.pairs.missing["candidate"]:
                yield "run the missing samples of the candidate: kept replies come from the store"
            yield from _more(decision)
            if decision.rounds < decision.policy.attempts:
                yield (
                    "draw fresh samples: record both with --qwen-seed-offset, and gate all four "
                    "records with --more"
                )


def _more(decision: Decision) -> Iterator[str]:
    """Yield what this comparison could find, and how much more would decide."""
    unsure = [one for one in decision.judged if one.needed]
    if not unsure:
        return
    widest = max(unsure, key=lambda one: one.estimate.mde)
    if widest.estimate.mde < 1:
        mde = f"{100 * widest.estimate.mde:.0f}"
        yield f"what there is finds drops of {mde} points or more, 4 times in 5"
    needed = max(one.needed or 0 for one in unsure)
    yield (
        f"about {needed} behaviors would decide at a margin of "
        f"{100 * decision.policy.margin:g} points; more prompts of the same help less"
    )


def reruns(decision: Decision, attempt: int) -> Decision:
    """Refuse a verdict on new samples of a question that was answered often enough already."""
    if decision.outcome == Outcome.INVALID or attempt <= decision.policy.attempts:
        return decision
    told = (
        f"expected {decision.policy.attempts} attempts at this baseline and candidate, got new "
        f"samples for attempt {attempt}: drawing until it passes proves nothing"
    )
    return replace(
        decision,
        outcome=Outcome.INVALID,
        reasons=[told],
        todo=[_KEEP],
    )
