"""A record as the page needs it: cases with their samples, and what is missing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pytest_qwen.messages.error import CommandError
from pytest_qwen.record.case import RecordedCase
from pytest_qwen.record.reading import RecordError, read_lines
from pytest_qwen.record.schema import (
    SCHEMA,
    CaseLine,
    ComparisonLine,
    EndLine,
    RunLine,
    SampleLine,
)

_NAME = "name a file that --qwen-record wrote"


@dataclass(frozen=True)
class RecordedRun:
    """A record: its SHA-256, header, cases and relations between roles, and what was expected."""

    path: str
    digest: str
    header: RunLine
    cases: Mapping[str, RecordedCase]
    comparisons: Mapping[str, ComparisonLine]
    expected: tuple[str, ...] | None

    @cached_property
    def lanes(self) -> dict[str, list[str]]:
        """For each role the codes of why its replies were generated as they were."""
        codes: dict[str, set[str]] = {}
        for sample in (sample for case in self.cases.values() for sample in case.samples):
            if sample.role and sample.reply and sample.reply.lane:
                codes.setdefault(sample.role, set()).update(sample.reply.lane.split("+"))
        return {role: sorted(of_role) for role, of_role in codes.items()}

    @property
    def missing(self) -> list[str]:
        """The cases that were expected and are not there."""
        seen = self.cases.keys() | self.comparisons.keys()
        return [case for case in self.expected or () if case not in seen]

    @cached_property
    def completeness(self) -> dict[str, int]:
        """How many cases were expected and seen, how many samples are whole or not."""
        samples = [sample for case in self.cases.values() for sample in case.samples]
        errors = Counter(sample.error.kind for sample in samples if sample.error)
        crashed, skipped = errors.pop("crash", 0), errors.pop("skipped", 0)
        observed = len(self.cases) + len(self.comparisons)
        return {
            "expected": observed if self.expected is None else len(self.expected),
            "observed": observed,
            "missing": len(self.missing),
            "samples": len(samples) - skipped,
            "crashed": crashed,
            "errors": errors.total(),
            "skipped": skipped,
            "truncated": sum(sample.truncated for sample in samples),
        }

    @property
    def whole(self) -> bool:
        """Whether the run came to its end with every case."""
        return self.expected is not None and not self.missing


def read(path: Path) -> RecordedRun:
    """Read a record.

    Raises:
        CommandError: it cannot be read, or is no record.
    """
    cases: dict[str, RecordedCase] = {}
    comparisons: dict[str, ComparisonLine] = {}
    header, end, digest = RunLine(schema=SCHEMA), None, hashlib.sha256()
    try:
        for number, _, line in read_lines(path, digest.update):
            match line:
                case RunLine() if number == 1:
                    header = line
                case SampleLine():
                    cases.setdefault(line.case, RecordedCase(line.case)).add(line)
                case CaseLine() if line.case not in cases:
                    got = "expected samples of the case before, got none"
                    raise CommandError(f"{path}:{number}: {got}: {_NAME}")
                case CaseLine():
                    cases[line.case].add(line)
                case ComparisonLine():
                    comparisons[line.case] = line
                case EndLine():
                    end = line
                case RecordError():
                    raise line
    except OSError as error:
        raise CommandError(f"{path}: expected a record, got {error.strerror}: {_NAME}") from None
    except RecordError as error:
        raise CommandError(str(error)) from None
    for case in cases.values():
        case.samples.sort(key=lambda sample: sample.number)
    expected = tuple(end.expected) if end else None
    return RecordedRun(str(path), digest.hexdigest(), header, cases, comparisons, expected)
