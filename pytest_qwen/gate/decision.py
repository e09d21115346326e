"""The decision on a candidate: a verdict, why, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pytest_qwen.gate.compared.evidence import Evidence
from pytest_qwen.gate.compared.findings import changed_cases, forbidden, lost, severe
from pytest_qwen.gate.compared.pairing import PairedCase, PairedRelation, Pairing, counts
from pytest_qwen.gate.compared.rounds import other_cases, pool
from pytest_qwen.gate.judging import SUITE, JudgedRate, advisory, judge, rates, worst
from pytest_qwen.gate.looks import Scope, scope
from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.gate.policy import Policy
from pytest_qwen.gate.policy_names import unknown_names
from pytest_qwen.gate.rules import RULES
from pytest_qwen.gate.sentences import about_rate, next_steps
from pytest_qwen.gate.statistics import zero_bound
from pytest_qwen.messages.reason import Reason
from pytest_qwen.record.node_id import NodeId


@dataclass
class Decision:
    """A verdict with all that led to it. `reasons` are sentences, the weightiest first."""

    outcome: Outcome
    reasons: list[str]
    policy: Policy
    pairing: Pairing
    judged: list[JudgedRate] = field(default_factory=list)
    advisory: list[JudgedRate] = field(default_factory=list)
    severe: list[NodeId] = field(default_factory=list)
    lost: list[tuple[PairedCase, PairedRelation]] = field(default_factory=list)
    forbidden: Counter[str] = field(default_factory=Counter)
    changed: list[PairedCase] = field(default_factory=list)
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
            path, verdict = str(sides[1].path), str(decision.outcome)
            return _refused(decision, Reason("gate.needs_no_more", path=path, verdict=verdict))
        rounds.append(sides)
        decision = _decide(rounds, policy)
    return decision


def reruns(decision: Decision, attempt: int) -> Decision:
    """Refuse a verdict on new samples of a question that was answered often enough already."""
    allowed = decision.policy.attempts
    if decision.outcome == Outcome.INVALID or attempt <= allowed:
        return decision
    return _refused(decision, Reason("gate.too_many_attempts", allowed=allowed, attempt=attempt))


def _refused(decision: Decision, reason: Reason) -> Decision:
    todo: list[str] = [Reason("gate.do_keep_first")]
    return replace(decision, outcome=Outcome.INVALID, reasons=[reason], todo=todo)


def _decide(rounds: Sequence[tuple[Evidence, Evidence]], policy: Policy) -> Decision:
    scopes = [scope(*sides, policy) for sides in rounds]
    pairing = pool([(seen.baseline, seen.candidate) for seen in scopes], policy)
    known = {check.trait for case in pairing.cases for check in case.checks}
    known |= {relation.name for case in pairing.cases for relation in case.relations}
    problems: list[str] = [problem for seen in scopes for problem in seen.problems]
    problems += [*other_cases(rounds), *pairing.problems]
    traits = policy.traits
    if rounds[0][1].look is None:
        problems += unknown_names(policy, known, {case.behavior for case in pairing.cases})
    else:  # of what the policy names, later blocks may have more
        traits = tuple(name for name in traits if name in known)
    decision = Decision(Outcome.INVALID, problems, policy, pairing)
    decision.alarm, decision.rounds = min(seen.alarm for seen in scopes), len(rounds)
    for seen in scopes:
        decision.forbidden += forbidden(seen.candidate, policy)
    if problems:
        decision.todo = [Reason("gate.do_fix")]
        return decision
    decision.changed, decision.severe = changed_cases(pairing.cases), severe(pairing.cases)
    decision.lost = lost(pairing.cases)
    decision.judged = judge(rates(pairing.cases, (SUITE, *traits)), policy, decision.alarm)
    decision.advisory = advisory(pairing.cases, sorted(known - {*traits}), policy)
    decision.outcome = worst(decision.judged)
    if pairing.missing["candidate"] or pairing.unjudged:
        _check_missing(decision)
    decision.reasons += [
        about_rate(rate, policy, decision.alarm)
        for rate in decision.judged
        if rate.outcome != Outcome.PASS or decision.outcome == Outcome.PASS
    ]
    _apply_rules(decision)
    for (baseline, candidate), seen in zip(rounds, scopes, strict=True):
        if candidate.look is not None:
            _tell_look(decision, baseline, candidate.look, seen)
    decision.todo = list(
        next_steps(decision.outcome, decision.judged, pairing, policy, decision.rounds)
    )
    return decision


def _check_missing(decision: Decision) -> None:
    """Decide again with the missing samples as passed: what depends on them is not decided."""
    policy, pairing = decision.policy, decision.pairing
    names = [rate.name for rate in decision.judged]
    if_passed = judge(rates(pairing.cases, names, missing=True), policy, decision.alarm)
    verdict = worst(if_passed)
    missing: list[Reason] = []
    if kinds := pairing.missing["candidate"]:
        n, of = kinds.total(), pairing.expected
        missing.append(Reason("gate.samples_missing", n=n, of=of, kinds=counts(kinds)))
    if pairing.unjudged:
        missing.append(Reason("gate.relations_missing", n=pairing.unjudged))
    decision.judged = [
        rate if rate.outcome == other.outcome else replace(rate, outcome=Outcome.INCONCLUSIVE)
        for rate, other in zip(decision.judged, if_passed, strict=True)
    ]
    if verdict == decision.outcome:
        decision.reasons.append(Reason("gate.missing_same", missing=missing))
        return
    failed, passed = str(decision.outcome), str(verdict)
    decision.reasons.append(
        Reason("gate.missing_decide", missing=missing, failed=failed, passed=passed)
    )
    decision.outcome = Outcome.INCONCLUSIVE


def _apply_rules(decision: Decision) -> None:
    """Fail for what a rule finds; where none does, say how rare forbidden events must be."""
    policy, cases = decision.policy, decision.pairing.cases
    failures: list[str] = [failure for rule in RULES for failure in rule(decision)]
    if failures:
        decision.outcome, decision.reasons = Outcome.REGRESSED, failures + decision.reasons
        return
    relations = {relation.name for case in cases for relation in case.relations}
    if names := [name for name in policy.hard if name not in relations]:
        n = sum(sample.after is not None for case in cases for sample in case.samples)
        bound = 100 * zero_bound(n, policy.alpha)
        decision.reasons.append(Reason("gate.none_seen", names=names, n=n, bound=bound))


def _tell_look(decision: Decision, baseline: Evidence, look: int, seen: Scope) -> None:
    """Say that an interim look ended the run; without an alarm it decides nothing."""
    n, of = (len({c.cluster for c in e.cases.values()}) for e in (seen.baseline, baseline))
    decision.reasons.append(Reason("gate.look_ended", look=look, n=n, of=of))
    if decision.outcome in (Outcome.PASS, Outcome.MINOR):
        decision.outcome = Outcome.INCONCLUSIVE
        decision.reasons.insert(0, Reason("gate.look_never_passes", look=look))
