"""What is shown and judged besides averages: changed cases, severe losses, forbidden events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pytest_qwen.gate.compared.evidence import Evidence
from pytest_qwen.gate.compared.pairing import PairedCase, PairedRelation
from pytest_qwen.gate.policy import Policy
from pytest_qwen.record.node_id import NodeId


def changed_cases(cases: Sequence[PairedCase]) -> list[PairedCase]:
    """Return the cases whose passing rate changed, the greatest loss first."""
    changed = [case for case in cases if case.passed_before != case.passed_after]
    return sorted(
        changed,
        key=lambda case: ((case.passed_after - case.passed_before) / len(case.samples), case.case),
    )


def severe(cases: Sequence[PairedCase]) -> list[NodeId]:
    """Return the behaviors that went from all passing to all failing, with a role as parameters.

    A missing sample may have passed: it makes no behavior severe.
    """
    all_before: dict[NodeId, bool] = {}
    any_after: dict[NodeId, bool] = {}
    for case in cases:
        name = NodeId("", case.behavior, case.role)
        for _, before, after in case.samples:
            all_before[name] = all_before.get(name, True) and all(before.passes)
            passed = after is None or all(after.passes)
            any_after[name] = any_after.get(name, False) or passed
    return [name for name in all_before if all_before[name] and not any_after[name]]


def lost(cases: Sequence[PairedCase]) -> list[tuple[PairedCase, PairedRelation]]:
    """Return the relations that a case met before and fails now, each with its case."""
    return [(case, relation) for case in cases for relation in case.relations if relation.lost]


def forbidden(candidate: Evidence, policy: Policy) -> Counter[str]:
    """Count the forbidden events in the candidate, paired or not."""
    events: Counter[str] = Counter()
    for case in candidate.cases.values():
        events.update(kind for kind in case.errors.values() if kind in policy.hard)
        failed = {name for name, verdict in case.relations.items() if verdict.passed is False}
        events.update(failed.intersection(policy.hard))
        names = [check.trait for check in case.checks or ()]
        for sample in case.samples.values():
            failed = {n for n, ok in zip(names, sample.passes, strict=True) if ok is False}
            events.update(name for name in policy.hard if name in failed or name == sample.state)
    return events
