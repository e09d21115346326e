"""Two runs side by side, case by case: what changed, and in which order a reviewer should look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pytest_qwen.model_io.vocabulary import ROLES
from pytest_qwen.report.anchor import anchor
from pytest_qwen.report.lines import Comparison, Sample
from pytest_qwen.report.loops import has_loop
from pytest_qwen.report.run import Case, Run

Change = Literal["", "regressed", "worse", "improved", "better", "new", "gone"]
"""Regressed: met before, not now; worse: fewer samples than before. Improved, better: the reverse.
New, gone: a case of one record only."""


@dataclass(frozen=True)
class Pair:
    """A case now, in the candidate or the only record, and as it was in the baseline."""

    now: Case | None
    was: Case | None
    compared: bool

    @property
    def case(self) -> Case:
        """The case where it is."""
        found = self.now or self.was
        assert found is not None
        return found

    @property
    def id(self) -> str:
        """Its place in the page."""
        return anchor(self.case.id)

    @cached_property
    def samples(self) -> list[tuple[Sample | None, Sample | None]]:
        """The samples now and before, by their number."""
        sides = [_by_number(side) if side else {} for side in (self.now, self.was)]
        numbers = sorted(sides[0].keys() | sides[1].keys())
        return [(sides[0].get(n), sides[1].get(n)) for n in numbers]

    @cached_property
    def change(self) -> Change:
        """What became of the case."""
        if not self.compared:
            return ""
        if self.now is None:
            return "gone"
        if self.was is None:
            return "new"
        if self.was.kept != self.now.kept:
            return "regressed" if self.was.kept else "improved"
        if self.was.share != self.now.share:
            return "worse" if self.was.share > self.now.share else "better"
        return ""

    @cached_property
    def different(self) -> bool:
        """Whether some sample says something else than before."""
        return self.compared and any(
            (a and a.reply and a.reply.text) != (b and b.reply and b.reply.text)
            for a, b in self.samples
        )

    @cached_property
    def strays(self) -> Counter[str]:
        """How many samples differ from their snapshot now, by what explains it."""
        samples = self.now.samples if self.now else ()
        return Counter(kind for s in samples if s.snapshot for kind in s.snapshot.kinds)

    @cached_property
    def traits(self) -> set[str]:
        """The traits that are expected of it, those in combinations too."""
        return {trait for one in self.case.expected for trait in one.first.traits}

    @cached_property
    def tags(self) -> list[str]:
        """What the page can be filtered by."""
        now = self.now or self.case
        told = {
            "failed": not now.met,
            "regressed": self.change in {"regressed", "worse", "gone"},
            "improved": self.change in {"improved", "better"},
            "different": self.different,
            "snapshot": bool(self.strays),
            "flaky": 0 < now.share < 1,
            "loop": any(map(has_loop, now.samples)),
            "truncated": any(sample.truncated for sample in now.samples),
            "error": now.state == "error",
        }
        return [name for name, holds in told.items() if holds]

    @property
    def urgency(self) -> tuple[int, float]:
        """What to look at first, the smaller the sooner: changes, then misses, then the rest."""
        order = ("regressed", "gone", "worse", "improved", "better", "new")
        drop = (self.now.share if self.now else 0) - (self.was.share if self.was else 0)
        if self.change:
            return order.index(self.change), drop
        now = self.now or self.case
        calm = now.state in {"pass", "skipped"}
        return (6 if not now.met else 8 if calm else 7) + (
            0 if self.different else 1 if self.strays else 2
        ), now.share


def _by_number(case: Case) -> Mapping[tuple[int, int], Sample]:
    """Return samples by number; where a record has a number twice, by its turn as well."""
    found: dict[tuple[int, int], Sample] = {}
    for sample in case.samples:
        number, turn = sample.reply.sample if sample.reply else 0, 0
        while (number, turn) in found:
            turn += 1
        found[number, turn] = sample
    return found


def pairs(now: Run, was: Run | None) -> list[Pair]:
    """Pair the cases of two runs by their ids, in the order of the first, then of the second."""
    ids = [*now.cases, *(case for case in (was.cases if was else ()) if case not in now.cases)]
    before = was.cases if was else {}
    return [Pair(now.cases.get(case), before.get(case), was is not None) for case in ids]


@dataclass(frozen=True)
class Prompt:
    """One prompt of a behavior with its case for each role."""

    behavior: str
    name: str
    pairs: list[Pair]

    @property
    def urgency(self) -> tuple[int, float]:
        """That of its most urgent case."""
        return min(pair.urgency for pair in self.pairs)


def prompts(cases: list[Pair]) -> list[Prompt]:
    """Bring the roles of a prompt together, the most urgent prompt first."""
    found: dict[tuple[str, str, str], Prompt] = {}
    for pair in cases:
        behavior, _, name = pair.case.names
        path = pair.case.id.partition("::")[0]
        found.setdefault((path, behavior, name), Prompt(behavior, name, [])).pairs.append(pair)
    for prompt in found.values():
        prompt.pairs.sort(key=lambda pair: place(pair.case.names[1]))
    return sorted(found.values(), key=lambda prompt: prompt.urgency)


def relations(now: Run, was: Run | None) -> list[tuple[Comparison, Comparison | None]]:
    """Return the relations between roles now and before, those that do not hold any more first."""
    before = was.comparisons if was else {}
    found = [(one, before.get(case)) for case, one in now.comparisons.items()]
    return sorted(found, key=lambda pair: (not lost(pair), pair[0].met))


def lost(pair: tuple[Comparison, Comparison | None]) -> bool:
    """Say whether a relation held before and does not now."""
    now, was = pair
    return was is not None and was.met and not now.met


def strays(cases: list[Pair]) -> list[Pair]:
    """Return the cases that differ from their snapshots: changes, then what may be rounding."""
    return sorted((c for c in cases if c.strays), key=lambda case: "strayed" not in case.strays)


def place(role: str) -> int:
    """Return where a role stands among its kind; unknown ones come last."""
    known = [str(role) for role in ROLES]
    return known.index(role) if role in known else len(known)


def roles(cases: list[Pair]) -> list[str]:
    """Return the roles of the cases in their order."""
    return sorted({pair.case.names[1] for pair in cases}, key=lambda role: (place(role), role))


def first(cases: list[Pair]) -> dict[tuple[str, str], str]:
    """Return where the first case of each behavior and role stands in the page."""
    return {pair.case.names[:2]: pair.id for pair in reversed(cases)}


def traits(cases: list[Pair]) -> list[str]:
    """Return the traits that are expected anywhere."""
    return sorted({trait for pair in cases for trait in pair.traits})


def by_behavior(cases: list[Pair]) -> Iterator[tuple[str, dict[str, list[Pair]]]]:
    """Yield each behavior with its cases by role, in the order of the record."""
    found: dict[str, dict[str, list[Pair]]] = {}
    for pair in cases:
        behavior, role, _ = pair.case.names
        found.setdefault(behavior, {}).setdefault(role, []).append(pair)
    yield from found.items()
