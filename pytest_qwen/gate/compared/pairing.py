"""Two records paired: case by case and sample by sample, and what keeps them from being compared.

Cases go by their ids, and one id must have asked the same on both sides: the order of lines and of
prompts means nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pytest_qwen.gate.compared.differences import differences, problem
from pytest_qwen.gate.compared.evidence import Check, Evidence, EvidenceCase, Sample
from pytest_qwen.gate.compared.headers import checkpoint, notes
from pytest_qwen.gate.policy import Policy
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.vocabulary import ROLES
from pytest_qwen.record.node_id import NodeId

MISSING = 0.02
"""The share of samples that a baseline may lack."""

_SHOWN = 5
"""How many lines that contradict a record are named."""

_KINDS = {
    "not run": Reason("gate.kind_not_run"),
    "missing": Reason("gate.kind_missing"),
    "skipped": Reason("gate.kind_skipped"),
    "error": Reason("gate.kind_error"),
    "crash": Reason("gate.kind_crash"),
    "timeout": Reason("gate.kind_timeout"),
}
"""Why samples are missing, in words; other kinds keep their name."""


@dataclass(frozen=True)
class PairedRelation:
    """Whether a case meets a relation to other prompts: `same_as` or `more_than`.

    `after` is None where the candidate has not judged it; `message` is that of its failure.
    """

    name: str
    before: bool
    after: bool | None
    message: str

    @property
    def lost(self) -> bool:
        """Whether it was met before and fails now."""
        return self.before and self.after is False


class PairedSample(NamedTuple):
    """A sample that the baseline has, with the candidate's or None."""

    number: int
    before: Sample
    after: Sample | None


@dataclass(frozen=True)
class PairedCase:
    """A case on both sides, with each sample that the baseline has."""

    case: str
    behavior: str
    role: str
    cluster: str
    checks: tuple[Check, ...]
    samples: tuple[PairedSample, ...]
    relations: tuple[PairedRelation, ...] = ()

    @property
    def short_id(self) -> str:
        """The id without the file."""
        return NodeId.parse(self.case).short

    @property
    def passed_before(self) -> int:
        """How many samples passed in the baseline."""
        return sum(all(before.passes) for _, before, _ in self.samples)

    @property
    def passed_after(self) -> int:
        """How many samples passed in the candidate; a missing one did not."""
        return sum(after is not None and all(after.passes) for *_, after in self.samples)

    @property
    def changed_samples(self) -> list[PairedSample]:
        """The samples that passed on one side only, or are missing."""
        return [
            pair
            for pair in self.samples
            if pair.after is None or all(pair.before.passes) != all(pair.after.passes)
        ]

    @property
    def changed_traits(self) -> list[str]:
        """The traits whose verdicts changed, in order of the samples."""
        changed = {
            check.trait: None
            for _, before, after in self.samples
            if after is not None
            for i, check in enumerate(self.checks)
            if before.passes[i] != after.passes[i]
        }
        return list(changed)


@dataclass
class Pairing:
    """What two records have in common, and why they cannot be compared where they cannot."""

    cases: list[PairedCase] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    expected: int = 0
    missing: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def unjudged(self) -> int:
        """How many relations the candidate has not judged."""
        return sum(relation.after is None for case in self.cases for relation in case.relations)


def pair(baseline: Evidence, candidate: Evidence, policy: Policy) -> Pairing:
    """Pair two records."""
    pairing = Pairing(missing={"baseline": Counter(), "candidate": Counter()})
    pairing.problems += [*_broken(baseline), *_not_whole(baseline), *_broken(candidate)]
    differing: dict[str, list[tuple[EvidenceCase, EvidenceCase]]] = {}
    runs = (baseline.run, candidate.run)
    # Of replies that were made elsewhere no template is known; the messages are the same.
    by_role = {r: {checkpoint(run, r).get("template") for run in runs} - {None} for r in ROLES}
    templates = [role for role, known in by_role.items() if len(known) > 1]
    others = baseline.others | candidate.others
    for case in dict.fromkeys([*baseline.ids, *candidate.ids]):
        if case in others:
            continue
        before = baseline.cases.get(case, EvidenceCase(case))
        after = candidate.cases.get(case, EvidenceCase(case))
        if before.is_skipped and (after.is_skipped or not after.asked):
            continue
        for what in differences(before, after, templates, policy):
            differing.setdefault(what, []).append((before, after))
        pairing.cases += _samples(pairing, before, after)
    pairing.problems += (problem(what, cases) for what, cases in differing.items())
    lacking, of = pairing.missing["baseline"], pairing.expected
    if (n := lacking.total()) > MISSING * of:
        pairing.problems.append(
            Reason("gate.baseline_incomplete", n=n, of=of, kinds=counts(lacking))
        )
    if not pairing.cases:
        pairing.problems.append(Reason("gate.no_samples"))
    pairing.notes += notes(baseline, candidate)
    return pairing


def _broken(evidence: Evidence) -> Iterator[str]:
    yield from evidence.wrong[:_SHOWN]
    if more := evidence.wrong[_SHOWN:]:
        yield Reason("gate.more_lines", path=str(evidence.path), n=len(more))


def _not_whole(baseline: Evidence) -> Iterator[Reason]:
    if baseline.expected is None:
        yield Reason("gate.baseline_cut_off", path=str(baseline.path))
    if baseline.look is not None:
        yield Reason("gate.baseline_looked", path=str(baseline.path))


def _samples(pairing: Pairing, before: EvidenceCase, after: EvidenceCase) -> Iterator[PairedCase]:
    """Count what is missing, and yield the case if the baseline has a sample of it."""
    asked = before.asked or after.asked
    n = asked.samples or 1 if asked else 1
    pairing.expected += n
    old, new = _judged(before), _judged(after)
    for side, judged, recorded in (("baseline", old, before), ("candidate", new, after)):
        pairing.missing[side].update(recorded.lacking(judged, n))
    samples = tuple(PairedSample(i, old[i], new.get(i)) for i in range(n) if i in old)
    relations = tuple(_relations(before, after))
    if samples and (before.checks or relations):
        names = (before.case, before.behavior, before.role, before.cluster)
        yield PairedCase(*names, before.checks or (), samples, relations)


def _relations(before: EvidenceCase, after: EvidenceCase) -> Iterator[PairedRelation]:
    """Yield what the baseline has judged of the case as a whole."""
    for name, old in before.relations.items():
        new = after.relations.get(name)
        if old.passed is not None:
            yield PairedRelation(name, old.passed, new and new.passed, new.message if new else "")


def _judged(recorded: EvidenceCase) -> dict[int, Sample]:
    """Return the samples whose verdicts are all there: an open one proves nothing."""
    return {i: s for i, s in recorded.samples.items() if None not in s.passes}


def counts(kinds: Counter[str]) -> list[Reason]:
    """Return how many there are of each kind, the most frequent first."""
    return [Reason("gate.count", n=n, kind=_KINDS.get(k, k)) for k, n in kinds.most_common()]
