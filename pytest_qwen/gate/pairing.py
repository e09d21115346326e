"""Two records paired: case by case and sample by sample, and what keeps them from being compared.

Cases go by their ids, and one id must have asked the same on both sides: the order of lines and of
prompts means nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, get_args

from pytest_qwen.gate.evidence import Asked, Check, Evidence, EvidenceCase, Sample
from pytest_qwen.gate.headers import checkpoint, notes
from pytest_qwen.gate.policy import Differing, Policy
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.vocabulary import ROLES

MISSING = 0.02
"""The share of samples that a baseline may lack."""

_SHOWN = 5
"""How many lines that contradict a record are named."""


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
        return self.case.rpartition("::")[2]

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
    templates = [
        r for r in ROLES if len({str(checkpoint(run, r).get("template")) for run in runs}) > 1
    ]
    others = baseline.others | candidate.others
    for case in dict.fromkeys([*baseline.ids, *candidate.ids]):
        if case in others:
            continue
        before = baseline.cases.get(case, EvidenceCase(case))
        after = candidate.cases.get(case, EvidenceCase(case))
        if before.is_skipped and (after.is_skipped or not after.asked):
            continue
        for what in _differences(before, after, templates, policy):
            differing.setdefault(what, []).append((before, after))
        pairing.cases += _samples(pairing, before, after)
    pairing.problems += (_differ(what, cases) for what, cases in differing.items())
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


ASKED = {
    "prompt": Reason("gate.prompt"),
    "prompt_as": Reason("gate.prompt_as"),
    "thinking": Reason("gate.thinking"),
    "sampling": Reason("gate.sampling"),
    "seed": Reason("gate.seed"),
    "samples": Reason("gate.samples"),
    "template": Reason("gate.template"),
    "traits": Reason("gate.traits"),
    "trait_versions": Reason("gate.trait_versions"),
    "relations": Reason("gate.relations"),
}
"""What has to be the same on both sides, in words."""


def _differences(
    before: EvidenceCase, after: EvidenceCase, templates: Collection[str], policy: Policy
) -> Iterator[str]:
    """Yield the keys of `ASKED` that differ; nothing where one side has nothing.

    `templates` are the roles whose templates differ.
    """
    a, b = before.asked, after.asked
    if a and b and before.samples and after.samples:  # without a reply not all is known
        names = [name for name in Asked._fields if getattr(a, name) != getattr(b, name)]
        if a.prompt_as == "chat" and before.role in templates:
            names.append("template")
        if None in (a.thinking, b.thinking) and "template" in policy.may_differ:
            names = [name for name in names if name != "thinking"]  # one template takes no switch
        yield from (name for name in names if name not in policy.may_differ)
    if before.checks is not None and after.checks is not None and before.checks != after.checks:
        bare = [[check[:2] for check in side.checks or ()] for side in (before, after)]
        yield "trait_versions" if bare[0] == bare[1] else "traits"
    if before.has_other_relations(after):
        yield "relations"


def _differ(what: str, cases: list[tuple[EvidenceCase, EvidenceCase]]) -> Reason:
    """Say what differs, in which cases, and what allows it."""
    before, after = cases[0]
    n, case = len(cases), before.case
    problem = Reason("gate.differ", what=ASKED[what], n=n, case=case)
    if what == "sampling" and (values := list(_values(before.asked, after.asked))):
        problem = Reason("gate.sampling_differs", values=values, n=n, case=case)
    if what in get_args(Differing):
        problem = Reason("gate.may_differ", problem=problem, what=what)
    return problem


def _values(before: Asked | None, after: Asked | None) -> Iterator[Reason]:
    """Yield the sampling parameters that differ, with both values."""
    samplings = (asked.sampling if asked else None for asked in (before, after))
    old, new = (sampling if isinstance(sampling, dict) else {} for sampling in samplings)
    for name in sorted({*old, *new}):
        values = str(old.get(name)), str(new.get(name))
        if values[0] != values[1]:
            yield Reason("gate.two_values", name=name, old=values[0], new=values[1])


def _samples(pairing: Pairing, before: EvidenceCase, after: EvidenceCase) -> Iterator[PairedCase]:
    """Count what is missing, and yield the case if the baseline has a sample of it."""
    asked = before.asked or after.asked
    n = asked.samples or 1 if asked else 1
    pairing.expected += n
    old, new = _judged(before), _judged(after)
    for side, judged, recorded in (("baseline", old, before), ("candidate", new, after)):
        whole = recorded.errors.get(None, "not run")
        missing = (recorded.errors.get(i, whole) for i in range(n) if i not in judged)
        pairing.missing[side].update(missing)
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
    return [Reason("gate.count", n=n, kind=kind) for kind, n in kinds.most_common()]
