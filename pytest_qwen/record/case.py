"""A case as a record has it, and what it means that it is met: here, and nowhere else.

A sample meets an expectation where its verdict is true. Without a verdict it is a miss: its answer
was cut off while the model thought, a measure is not defined, or the engine lacks what is needed. A
Python test that was skipped is neither. A case is met where each expectation is met by the share of
samples that it asks for, and each verdict on the whole case is true. A case that is held to another
one (`same_as`) has its own expectations only to be compared: it is met where it meets what the
other meets, and all samples of both have verdicts. An infrastructure error is no miss, and the case
not met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from pytest_qwen.record.node_id import NodeId
from pytest_qwen.record.parts import RecordedVerdict
from pytest_qwen.record.schema import (
    SAME_AS,
    SNAPSHOT,
    CaseLine,
    ComparisonLine,
    JudgedLine,
    SampleLine,
)

State = Literal["pass", "mixed", "miss", "error", "skipped"]
"""Every sample is as expected; enough are; too few are, or the case as a whole is not; a reply is
missing; it was skipped."""


def enough(passed: int, judged: int, at_least: float) -> bool:
    """Say whether so many of the samples are enough (1e-9 forgives 2/3 written as .6667)."""
    return passed >= at_least * judged - 1e-9


def is_met(shares: Iterable[bool], wholes: Mapping[str, bool | None]) -> bool:
    """Say whether a case is met.

    Args:
        shares: of each expectation, whether enough samples meet it.
        wholes: by name the verdicts on the case as a whole; None is one without a verdict.
    """
    own = SAME_AS in wholes or all(shares)
    return own and all(wholes.values())


@dataclass(frozen=True)
class Share:
    """One expectation of a case, as one of its samples has it, and how many samples met it."""

    first: RecordedVerdict | CaseLine
    passed: int
    judged: int

    @property
    def at_least(self) -> float:
        """The share of samples that must meet it."""
        return self.first.at_least if isinstance(self.first, RecordedVerdict) else 1.0

    @property
    def whole(self) -> CaseLine | None:
        """The verdict on the case as a whole, where it is one."""
        return self.first if isinstance(self.first, CaseLine) else None

    @property
    def met(self) -> bool:
        """Whether enough samples met it."""
        return enough(self.passed, self.judged, self.at_least)


@dataclass
class RecordedCase:
    """A case with its samples, and the verdicts on it as a whole."""

    id: str
    samples: list[SampleLine] = field(default_factory=list)
    wholes: list[CaseLine] = field(default_factory=list)

    @classmethod
    def of(cls, lines: Iterable[JudgedLine]) -> list[RecordedCase]:
        """Bring the lines of each case together; relations between roles are left out."""
        cases: dict[str, RecordedCase] = {}
        for line in lines:
            if not isinstance(line, ComparisonLine):
                cases.setdefault(line.case, cls(line.case)).add(line)
        return [*cases.values()]

    @cached_property
    def names(self) -> tuple[str, str, str]:
        """Behavior, role and prompt; a line of a crash has them in its id only."""
        first = self.samples[0]
        name, role, prompt = NodeId.parse(self.id).case or (self.id, "", "")
        return (first.behavior or name, first.role or role, first.prompt_id or prompt)

    def add(self, line: SampleLine | CaseLine) -> None:
        """Add a line of the case."""
        if isinstance(line, SampleLine):
            self.samples.append(line)
        else:
            self.wholes.append(line)

    @cached_property
    def expected(self) -> list[Share]:
        """The expectations in their order, then what is asked of the case as a whole."""
        return [*self._shares, *(Share(line, int(bool(line.met)), 1) for line in self.wholes)]

    @cached_property
    def _shares(self) -> list[Share]:
        most = max((sample.verdicts for sample in self.samples), key=len, default=[])
        shares = []
        for i, first in enumerate(most):
            met = [s.verdicts[i].met for s in self.samples if i < len(s.verdicts)]
            judged = [verdict for verdict in met if verdict is not None]
            shares.append(Share(first, sum(judged), len(judged)))
        return shares

    @cached_property
    def counts(self) -> tuple[int, int]:
        """How many samples are as expected, and of how many; a missing reply is not."""
        skipped = [s.error is not None and s.error.kind == "skipped" for s in self.samples]
        open_ = [s.error is None and s.met is None for s in self.samples]
        n = len(self.samples) - sum(skipped) - sum(open_)
        return sum(sample.met is True for sample in self.samples), n

    @property
    def share(self) -> float:
        """The share of samples that are as expected; 1 where none was judged."""
        passed, n = self.counts
        return passed / n if n else 1.0

    @cached_property
    def state(self) -> State:
        """What became of the case."""
        errors = [*(line.error for line in self.samples), *(line.error for line in self.wholes)]
        kinds = {error.kind for error in errors if error}
        if kinds - {"skipped"}:
            return "error"
        if not self.counts[1] and not self.wholes:
            return "skipped"
        if self.strayed or not self._is_met_without_snapshot:
            return "miss"
        return "pass" if self.share == 1 else "mixed"

    @cached_property
    def strayed(self) -> bool:
        """Whether the run failed it for its snapshot; older records have no verdict on that."""
        missed = any(line.trait == SNAPSHOT and not line.met for line in self.wholes)
        here = [s.snapshot for s in self.samples if s.snapshot and s.snapshot.environment is None]
        return missed or bool(here)

    @property
    def _is_met_without_snapshot(self) -> bool:
        wholes = {line.trait: line.met for line in self.wholes if line.trait != SNAPSHOT}
        return is_met((share.met for share in self._shares), wholes)

    @property
    def met(self) -> bool:
        """Whether the case is as expected."""
        return self.state in {"pass", "mixed", "skipped"}

    @property
    def kept(self) -> bool:
        """Whether it is, whatever its snapshot says: another model may say something else."""
        return self.met or (self.state == "miss" and self._is_met_without_snapshot)
