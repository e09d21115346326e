"""What is shown and judged besides averages: flips, severe losses, what must not occur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_qwen.gate.evidence import Evidence, Sample
from pytest_qwen.gate.pairing import Held, Pair
from pytest_qwen.gate.policy import Policy


@dataclass(frozen=True)
class Flip:
    """An item whose rate changed: how many of its samples passed before and after, and which."""

    case: str
    behavior: str
    before: int
    after: int
    samples: tuple[tuple[int, Sample, Sample | None], ...]
    traits: tuple[str, ...]

    @property
    def n(self) -> int:
        """The number of the item's samples."""
        return len(self.samples)

    def changed(self) -> list[tuple[int, Sample, Sample | None]]:
        """Return the samples that passed on one side only."""
        return [
            (n, old, new)
            for n, old, new in self.samples
            if new is None or all(old.passes) != all(new.passes)
        ]


def flips(pairs: Sequence[Pair]) -> list[Flip]:
    """Return the items whose rate changed, the greatest loss first."""
    found = []
    for one in pairs:
        before = sum(all(old.passes) for _, old, _ in one.samples)
        after = sum(new is not None and all(new.passes) for *_, new in one.samples)
        if before != after:
            lost = {
                check.trait: None
                for _, old, new in one.samples
                if new is not None
                for i, check in enumerate(one.checks)
                if old.passes[i] != new.passes[i]
            }
            found.append(Flip(one.case, one.behavior, before, after, one.samples, tuple(lost)))
    return sorted(found, key=lambda flip: ((flip.after - flip.before) / flip.n, flip.case))


def severe(pairs: Sequence[Pair]) -> list[str]:
    """Return the behaviors, by role, that went from all passing to all failing.

    A missing sample may have passed: it makes no behavior severe.
    """
    before: dict[str, bool] = {}
    after: dict[str, bool] = {}
    for one in pairs:
        name = f"{one.behavior}[{one.role}]"
        for _, old, new in one.samples:
            before[name] = before.get(name, True) and all(old.passes)
            after[name] = after.get(name, False) or new is None or all(new.passes)
    return [name for name in before if before[name] and not after[name]]


def lost(pairs: Sequence[Pair]) -> list[tuple[Pair, Held]]:
    """Return what a case was held to and does not keep any more, each with its case."""
    return [(one, held) for one in pairs for held in one.held if held.lost]


def hard(candidate: Evidence, policy: Policy) -> Counter[str]:
    """Count what must not occur in the candidate, paired or not."""
    found: Counter[str] = Counter()
    for case in candidate.cases.values():
        found.update(kind for kind in case.errors.values() if kind in policy.hard)
        names = [check.trait for check in case.checks or ()]
        missed = {name for name, one in case.held.items() if one.passed is False}
        found.update(missed.intersection(policy.hard))
        for sample in case.samples.values():
            missed = {n for n, ok in zip(names, sample.passes, strict=True) if ok is False}
            found.update(name for name in policy.hard if name in missed or name == sample.state)
    return found
