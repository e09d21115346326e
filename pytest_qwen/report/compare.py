"""Two runs side by side, case by case: what changed, and in which order a reviewer should look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pytest_qwen.record.case import RecordedCase
from pytest_qwen.record.schema import ComparisonLine, SampleLine
from pytest_qwen.report.anchor import anchor
from pytest_qwen.report.run import RecordedRun
from pytest_qwen.report.texts.loops import has_loop

Change = Literal["", "regressed", "worse", "improved", "better", "new", "gone"]
"""Regressed: met before, not now; worse: fewer samples than before. Improved, better: the reverse.
New, gone: a case of one record only."""

LOSSES = frozenset({"regressed", "worse", "gone"})
"""The changes that are losses."""


@dataclass(frozen=True)
class ComparedCase:
    """A case now, in the candidate or the only record, and as it was in the baseline."""

    now: RecordedCase | None
    was: RecordedCase | None
    compared: bool

    @property
    def case(self) -> RecordedCase:
        """The case where it is."""
        case = self.now or self.was
        assert case is not None
        return case

    @property
    def id(self) -> str:
        """Its place in the page."""
        return anchor(self.case.id)

    @cached_property
    def samples(self) -> list[tuple[SampleLine | None, SampleLine | None]]:
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
        """Whether some sample has another text than before."""
        return self.compared and any(
            (a and a.reply and a.reply.text) != (b and b.reply and b.reply.text)
            for a, b in self.samples
        )

    @property
    def calm(self) -> bool:
        """Whether nothing is new about it: no change, no other text than before or the snapshot."""
        return self.compared and not (self.change or self.different or self.strays)

    @cached_property
    def strays(self) -> Counter[str]:
        """How many samples differ from their snapshot now, by what explains it."""
        samples = self.now.samples if self.now else ()
        return Counter(kind for s in samples if s.snapshot for kind in s.snapshot.kinds)

    @cached_property
    def traits(self) -> set[str]:
        """The traits that are expected of it, those in combinations too."""
        return {name for expected in self.case.expected for name in expected.first.traits}

    @cached_property
    def tags(self) -> list[str]:
        """What the page can be filtered by."""
        now = self.now or self.case
        holds = {
            "failed": not now.met,
            "regressed": self.change in LOSSES,
            "improved": self.change in {"improved", "better"},
            "different": self.different,
            "snapshot": bool(self.strays),
            "flaky": 0 < now.share < 1,
            "loop": any(map(has_loop, now.samples)),
            "truncated": any(sample.truncated for sample in now.samples),
            "error": now.state == "error",
        }
        return [name for name, held in holds.items() if held]

    @property
    def urgency(self) -> tuple[int, float]:
        """What to look at first, the smaller the sooner: changes, then failures, then the rest."""
        order = ("regressed", "gone", "worse", "improved", "better", "new")
        drop = (self.now.share if self.now else 0) - (self.was.share if self.was else 0)
        if self.change:
            return order.index(self.change), drop
        now = self.now or self.case
        quiet = now.state in {"pass", "skipped"}
        return (6 if not now.met else 8 if quiet else 7) + (
            0 if self.different else 1 if self.strays else 2
        ), now.share


def _by_number(case: RecordedCase) -> Mapping[tuple[int, int], SampleLine]:
    """Return samples by number; where a record has a number twice, by its turn as well."""
    samples: dict[tuple[int, int], SampleLine] = {}
    for sample in case.samples:
        number, turn = sample.reply.sample if sample.reply else 0, 0
        while (number, turn) in samples:
            turn += 1
        samples[number, turn] = sample
    return samples


def compare_runs(now: RecordedRun, was: RecordedRun | None) -> list[ComparedCase]:
    """Pair the cases of two runs by their ids, in the order of the first, then of the second."""
    before = was.cases if was else {}
    ids = [*now.cases, *(case for case in before if case not in now.cases)]
    return [ComparedCase(now.cases.get(case), before.get(case), was is not None) for case in ids]


def relations(
    now: RecordedRun, was: RecordedRun | None
) -> list[tuple[ComparisonLine, ComparisonLine | None]]:
    """Return the relations between roles now and before, those that do not hold any more first."""
    before = was.comparisons if was else {}
    both = [(relation, before.get(case)) for case, relation in now.comparisons.items()]
    return sorted(both, key=lambda both: (not lost(both), both[0].met))


def lost(relation: tuple[ComparisonLine, ComparisonLine | None]) -> bool:
    """Say whether a relation held before and does not now."""
    now, was = relation
    return was is not None and was.met and not now.met


def strays(cases: list[ComparedCase]) -> list[ComparedCase]:
    """Return the cases that differ from their snapshots: changes, then what may be rounding."""
    return sorted((c for c in cases if c.strays), key=lambda case: "strayed" not in case.strays)
