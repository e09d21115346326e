"""Two records paired: case by case and sample by sample, and what keeps them from being compared.

Cases go by their ids, and one id must have asked the same on both sides: the order of lines and of
prompts means nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from pytest_qwen.gate.evidence import Asked, Check, Evidence, Recorded, Sample
from pytest_qwen.gate.policy import Differing, Policy
from pytest_qwen.model_io.vocabulary import ROLES

MISSING = 0.02
"""The share of samples that a baseline may lack."""


@dataclass(frozen=True)
class Held:
    """Whether a case keeps what it is held to against another one: `same_as` or `more_than`.

    `after` is None where the candidate has not judged it; `message` tells its miss.
    """

    name: str
    before: bool
    after: bool | None
    message: str

    @property
    def lost(self) -> bool:
        """Whether it held before and does not now."""
        return self.before and self.after is False


@dataclass(frozen=True)
class Pair:
    """A case on both sides: each sample that the baseline has, with the candidate's or None."""

    case: str
    behavior: str
    role: str
    cluster: str
    checks: tuple[Check, ...]
    samples: tuple[tuple[int, Sample, Sample | None], ...]
    held: tuple[Held, ...] = ()


@dataclass
class Pairs:
    """What two records have in common, and why they cannot be compared where they cannot."""

    pairs: list[Pair] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    expected: int = 0
    missing: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def unjudged(self) -> int:
        """How much of what cases are held to the candidate has not judged."""
        return sum(held.after is None for one in self.pairs for held in one.held)


def pair(baseline: Evidence, candidate: Evidence, policy: Policy) -> Pairs:
    """Pair two records."""
    found = Pairs(missing={"baseline": Counter(), "candidate": Counter()})
    sides = {"baseline": baseline, "candidate": candidate}
    for side, evidence in sides.items():
        found.problems += _wrong(side, evidence)
    differing: dict[str, list[str]] = {}
    runs = (baseline.run, candidate.run)
    templates = [
        r for r in ROLES if len({str(checkpoint(run, r).get("template")) for run in runs}) > 1
    ]
    others = baseline.others | candidate.others
    for case in dict.fromkeys([*baseline.ids, *candidate.ids]):
        if case in others:
            continue
        before = baseline.cases.get(case, Recorded(case))
        after = candidate.cases.get(case, Recorded(case))
        if before.is_skipped and (after.is_skipped or not after.asked):
            continue
        for what in _differences(before, after, templates, policy):
            differing.setdefault(what, []).append(case)
        found.pairs += _samples(found, before, after)
    for what, cases in differing.items():
        more = f" and {len(cases) - 1} more" if len(cases) > 1 else ""
        asked = [side.cases[cases[0]].asked for side in (baseline, candidate)]
        told = f" ({_values(*asked)})" if what == "sampling" else ""
        do = f": `may_differ: [{what}]` lets them" if what in get_args(Differing) else ""
        found.problems.append(
            f"expected the same {what} on both sides, got others: {cases[0]}{more}{told}{do}"
        )
    lacking = found.missing["baseline"].total()
    if lacking > MISSING * found.expected:
        got = f"{lacking} of {found.expected} missing ({_counted(found.missing['baseline'])})"
        found.problems.append(f"expected a complete baseline, got {got}: record it anew")
    if not found.pairs:
        found.problems.append("expected samples to compare, got none on both sides")
    if baseline.digest and baseline.digest == candidate.digest:
        found.notes.append("the two records are the same, byte for byte")
    found.notes += [*_left_out(baseline, candidate), *_notes(baseline.run, candidate.run)]
    return found


def _wrong(side: str, evidence: Evidence) -> Iterator[str]:
    yield from evidence.wrong[:5]
    if len(evidence.wrong) > 5:
        yield f"{evidence.path}: and {len(evidence.wrong) - 5} lines more"
    if side == "baseline" and evidence.expected is None:
        yield f"{evidence.path}: expected a whole baseline, got a run that was cut off"
    if side == "baseline" and evidence.look is not None:
        yield f"{evidence.path}: expected a whole baseline, got a run that a look ended"


def _differences(
    before: Recorded, after: Recorded, templates: Collection[str], policy: Policy
) -> Iterator[str]:
    """Yield what was not the same on both sides of a case; nothing where one side has nothing.

    `templates` are the roles whose templates differ.
    """
    a, b = before.asked, after.asked
    if a and b and before.samples and after.samples:  # without a reply not all is known
        found = [name for name in Asked._fields if getattr(a, name) != getattr(b, name)]
        if a.prompt_as == "chat" and before.role in templates:
            found.append("template")
        if None in (a.thinking, b.thinking) and "template" in policy.may_differ:
            found = [name for name in found if name != "thinking"]  # one template takes no switch
        yield from (name.replace("_", " ") for name in found if name not in policy.may_differ)
    if before.checks is not None and after.checks is not None and before.checks != after.checks:
        bare = [[check[:2] for check in side.checks or ()] for side in (before, after)]
        yield "trait versions" if bare[0] == bare[1] else "traits"
    if before.held_otherwise(after):
        yield "relations"


def _values(before: Asked | None, after: Asked | None) -> str:
    """Tell the sampling parameters that differ, with both values."""
    said = (one.sampling if one else None for one in (before, after))
    old, new = (one if isinstance(one, dict) else {} for one in said)
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return ", ".join(f"{name} {old.get(name)} and {new.get(name)}" for name in names)


def _samples(found: Pairs, before: Recorded, after: Recorded) -> Iterator[Pair]:
    """Count what is missing, and yield the case if the baseline has a sample of it."""
    asked = before.asked or after.asked
    n = asked.samples or 1 if asked else 1
    found.expected += n
    known = {name: _judged(side) for name, side in (("before", before), ("after", after))}
    for name, side, recorded in (
        ("baseline", known["before"], before),
        ("candidate", known["after"], after),
    ):
        whole = recorded.errors.get(None, "not run")
        found.missing[name].update(recorded.errors.get(i, whole) for i in range(n) if i not in side)
    samples = tuple(
        (i, known["before"][i], known["after"].get(i)) for i in range(n) if i in known["before"]
    )
    held = tuple(_held(before, after))
    if samples and (before.checks or held):
        names = (before.case, before.behavior, before.role, before.cluster)
        yield Pair(*names, before.checks or (), samples, held)


def _held(before: Recorded, after: Recorded) -> Iterator[Held]:
    """Yield what the baseline has judged of the case as a whole."""
    for name, old in before.held.items():
        new = after.held.get(name)
        if old.passed is not None:
            yield Held(name, old.passed, new and new.passed, new.message if new else "")


def _left_out(baseline: Evidence, candidate: Evidence) -> Iterator[str]:
    """Yield what only the candidate has judged of whole cases."""
    found = [
        f"{name} of {case.case}"
        for case in candidate.cases.values()
        for name in case.held.keys() - baseline.cases.get(case.case, case).held.keys()
    ]
    if found:
        told = f"{len(found)} relations between prompts are left out, the baseline has none of them"
        yield f"{told}: record it anew ({found[0]})"


def _judged(recorded: Recorded) -> dict[int, Sample]:
    """Return the samples whose verdicts are all there: an open one proves nothing."""
    return {i: s for i, s in recorded.samples.items() if None not in s.passes}


def _counted(kinds: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())


def _notes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield what differs and may explain a change, without keeping it from being compared."""
    for name in ("versions", "options"):
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            for key in sorted({*old, *new} - {"family", "model"}):
                if old.get(key) != new.get(key):
                    yield f"{name}: {key} was {old.get(key)}, is {new.get(key)}"
    for role in ROLES:
        old, new = (checkpoint(run, role).get("environment") for run in (before, after))
        if old != new:
            yield f"environment of {role}: was {old}, is {new}"


def checkpoint(run: Mapping[str, Any], role: str) -> Mapping[str, Any]:
    """Return what a record's header says of a role's checkpoint, whatever the header holds."""
    checkpoints = run.get("checkpoints")
    found = checkpoints.get(role) if isinstance(checkpoints, dict) else None
    return found if isinstance(found, dict) else {}


def prints(evidence: Evidence) -> list[Any]:
    """Return the fingerprints of a run's checkpoints, by role."""
    return [checkpoint(evidence.run, role).get("fingerprint") for role in ROLES]
