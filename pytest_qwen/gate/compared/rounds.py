"""Later rounds: both records drawn again with fresh seeds, and put together with the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pytest_qwen.gate.compared.differences import ASKED
from pytest_qwen.gate.compared.evidence import Asked, Evidence, EvidenceCase
from pytest_qwen.gate.compared.headers import fingerprints
from pytest_qwen.gate.compared.pairing import PairedCase, Pairing, pair
from pytest_qwen.gate.policy import Policy
from pytest_qwen.messages.reason import Reason

Rounds = Sequence[tuple[Evidence, Evidence]]
"""Baseline and candidate, and those of later rounds."""


def pool(rounds: Rounds, policy: Policy) -> Pairing:
    """Pair each round of two records, and put the samples of all rounds together, case by case.

    Rounds ask the same of the same checkpoints, with fresh seeds.
    """
    pooled = pair(*rounds[0], policy)
    for i, sides in enumerate(rounds[1:], 1):
        more = pair(*sides, policy)
        pooled.problems += more.problems
        for before, after in zip(rounds[0], sides, strict=True):
            pooled.problems += _other_question(before, after)
        if case := _seen_seed(rounds[:i], sides):
            pooled.problems.append(Reason("gate.same_seeds", path=str(sides[0].path), case=case))
        added = {case.case: case for case in more.cases}
        pooled.cases = [_together(case, added.pop(case.case, None)) for case in pooled.cases]
        pooled.cases += added.values()
        pooled.notes += (note for note in more.notes if note not in pooled.notes)
        pooled.expected += more.expected
        for side, kinds in more.missing.items():
            pooled.missing[side] += kinds
    return pooled


def other_cases(rounds: Rounds) -> Iterator[Reason]:
    """Yield a line for each later round that drew more of some of the cases, not of all.

    Whoever chooses what is drawn again by what was lost draws until it passes.
    """
    first = rounds[0][0]
    for later, _ in rounds[1:]:
        before, after = set(first.ids), set(later.ids)
        if differing := sorted(before ^ after):
            yield Reason(
                "gate.other_cases",
                path=str(later.path),
                first=str(first.path),
                less=len(before - after),
                more=len(after - before),
                case=differing[0],
            )


def _other_question(before: Evidence, after: Evidence) -> Iterator[Reason]:
    """Yield what a later round of the same side does not share with the first."""
    paths = {"path": str(after.path), "first": str(before.path)}
    if fingerprints(before) != fingerprints(after):
        yield Reason("gate.other_checkpoints", **paths)
    differing = {
        name: case
        for case in before.cases.keys() & after.cases.keys()
        for name in _fields_that_differ(before.cases[case], after.cases[case])
    }
    for name, case in sorted(differing.items()):
        yield Reason("gate.other_request", what=ASKED[name], case=case, **paths)


def _fields_that_differ(before: EvidenceCase, after: EvidenceCase) -> Iterator[str]:
    if before.asked and after.asked:
        both = before.asked, after.asked
        old, new = (asked._replace(seed=None, samples=None) for asked in both)
        yield from (name for name in Asked._fields if getattr(old, name) != getattr(new, name))
    if before.has_other_traits(after) or before.other_versions(after):
        yield "traits"
    if before.has_other_relations(after):
        yield "relations"


def _seen_seed(earlier: Rounds, sides: Sequence[Evidence]) -> str:
    """Return a case whose seed an earlier round had, on the same side."""
    for i, side in enumerate(sides):
        for name, case in side.cases.items():
            for pair_ in earlier:
                other = pair_[i].cases.get(name)
                if other and other.asked and case.asked and other.asked.seed == case.asked.seed:
                    return name
    return ""


def _together(case: PairedCase, more: PairedCase | None) -> PairedCase:
    """Return a case with the samples of another round, numbered on."""
    if more is None:
        return case
    start = 1 + max(sample.number for sample in case.samples)
    added = tuple(sample._replace(number=start + sample.number) for sample in more.samples)
    return replace(case, samples=case.samples + added, relations=case.relations + more.relations)
