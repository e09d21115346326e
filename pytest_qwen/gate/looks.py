"""Interim looks: a suite in blocks fixed beforehand, and what may be decided after each of them.

The behaviors are shuffled by a seed of policy and suite, and cut where the policy looks: after a
quarter of them, a half, three quarters. A look is taken when all cases of its blocks are done, and
sees no others: replies that loop come last, so the replies that came first are no fair sample.

Only alarms are decided early, at a small fixed level (Haybittle 1971, Peto et al. 1976); the end
has what is left of α, so that all looks together raise a false alarm with probability α at most.
A forbidden event is REGRESSED at any look. A PASS is about the whole suite, with the behaviors and
the rare faults of later blocks: it takes all of them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pytest_qwen.gate.compared.evidence import Evidence
from pytest_qwen.gate.policy import Policy
from pytest_qwen.messages.reason import Reason


def blocks(clusters: Mapping[str, str], looks: Sequence[float], seed: str) -> list[list[str]]:
    """Cut cases into blocks.

    Args:
        clusters: of each case the cluster, which stays together.
        looks: the shares of the clusters after which there is a look, rising.
        seed: decides the order of the clusters, together with the ids of the cases.

    Returns:
        The cases of each block, in the order in which they run; one block more than looks.

    >>> blocks({"a1": "a", "a2": "a", "b1": "b"}, [0.5], "0")
    [['b1'], ['a1', 'a2']]
    """
    drawn = hashlib.sha256("\n".join([seed, *sorted(clusters)]).encode()).hexdigest()
    names = sorted(
        set(clusters.values()), key=lambda name: hashlib.sha256(f"{drawn}{name}".encode()).digest()
    )
    ends = [math.ceil(share * len(names)) for share in looks]
    cut = []
    for start, end in zip([0, *ends], [*ends, len(names)], strict=True):
        place = {name: i for i, name in enumerate(names[start:end])}
        cases = [case for case, cluster in clusters.items() if cluster in place]
        cut.append(sorted(cases, key=lambda case: place[clusters[case]]))
    return cut


@dataclass(frozen=True)
class Scope:
    """What of two records is compared, and at which level a loss is an alarm."""

    baseline: Evidence
    candidate: Evidence
    alarm: float
    problems: tuple[Reason, ...] = ()


def scope(baseline: Evidence, candidate: Evidence, policy: Policy) -> Scope:
    """Return what the looks of the candidate's run leave to compare: all where none ended it."""
    looks: Any = candidate.run.get("looks")
    if candidate.look is None:
        looked = isinstance(looks, dict) and looks.get("baseline") == baseline.digest
        return Scope(baseline, candidate, policy.last_level if looked else policy.level)
    if problems := tuple(_of_another_gate(looks, baseline, candidate, policy)):
        return Scope(baseline, candidate, policy.look_level, problems)
    seen = {case for block in looks["blocks"][: candidate.look] for case in block}
    sides = (_limited(baseline, seen), _limited(candidate, seen))
    return Scope(*sides, policy.look_level)


def _of_another_gate(
    looks: object, baseline: Evidence, candidate: Evidence, policy: Policy
) -> Iterator[Reason]:
    """Yield why a run's looks are not those of this gate."""
    path = str(candidate.path)
    if not isinstance(looks, dict) or not _are_blocks(looks.get("blocks")):
        yield Reason("gate.looks_unreadable", path=path)
    elif looks.get("policy") != policy.hash:
        got = str(looks.get("policy"))[:20]
        yield Reason("gate.looks_of_policy", path=path, got=got, policy=policy.hash)
    elif looks.get("baseline") != baseline.digest:
        yield Reason("gate.looks_at_baseline", path=path, baseline=str(baseline.path))


def _are_blocks(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(block, list) and all(isinstance(case, str) for case in block) for block in value
    )


def _limited(evidence: Evidence, cases: set[str]) -> Evidence:
    return replace(
        evidence,
        cases={name: case for name, case in evidence.cases.items() if name in cases},
        expected=tuple(name for name in evidence.expected or () if name in cases),
    )
