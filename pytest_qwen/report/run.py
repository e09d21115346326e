"""A record as the page needs it: cases with their samples, and what is missing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from pytest_qwen.files.pydantic_messages import explain
from pytest_qwen.model_io.vocabulary import ROLES
from pytest_qwen.record.record import SNAPSHOT, read_record
from pytest_qwen.report.lines import Comparison, End, Header, Sample, Verdict, Whole

State = Literal["pass", "mixed", "miss", "error", "skipped"]
"""Every sample is as expected; enough are; too few are, or the case as a whole is not; a reply is
missing; it was skipped."""


class ReportError(Exception):
    """A record that no page can be made of. Its text is the line that the user sees."""


@dataclass(frozen=True)
class Expected:
    """One expectation of a case and how many samples met it."""

    first: Verdict
    passed: int
    judged: int

    @property
    def whole(self) -> Whole | None:
        """The verdict on the case as a whole, where it is one."""
        return self.first if isinstance(self.first, Whole) else None

    @property
    def met(self) -> bool:
        """Whether enough samples met it (1e-9 forgives 2/3 written as .6667)."""
        return self.passed >= self.first.at_least * self.judged - 1e-9


@dataclass
class Case:
    """A case with its samples, and the verdicts on it as a whole."""

    id: str
    samples: list[Sample] = field(default_factory=list)
    wholes: list[Whole] = field(default_factory=list)

    @cached_property
    def names(self) -> tuple[str, str, str]:
        """Behavior, role and prompt; a line of a crash has them in its id only."""
        said, (name, role, prompt) = self.samples[0], _names(self.id)
        return (said.behavior or name, said.role or role, said.prompt_id or prompt)

    @cached_property
    def expected(self) -> list[Expected]:
        """The expectations in their order, then what is asked of the case as a whole."""
        most = max((sample.verdicts for sample in self.samples), key=len)
        found = []
        for i, first in enumerate(most):
            passed = [s.verdicts[i].met for s in self.samples if i < len(s.verdicts)]
            judged = [one for one in passed if one is not None]
            found.append(Expected(first, sum(judged), len(judged)))
        return found + [Expected(one, int(bool(one.met)), 1) for one in self.wholes]

    @cached_property
    def counts(self) -> tuple[int, int]:
        """How many samples are as expected, and of how many; a missing reply is not."""
        skipped = [s.error is not None and s.error.kind == "skipped" for s in self.samples]
        open_ = [s.error is None and s.passed is None for s in self.samples]
        n = len(self.samples) - sum(skipped) - sum(open_)
        return sum(sample.passed is True for sample in self.samples), n

    @property
    def share(self) -> float:
        """The share of samples that are as expected; 1 where none was judged."""
        passed, n = self.counts
        return passed / n if n else 1.0

    @cached_property
    def state(self) -> State:
        """What became of the case."""
        errors = [one.error for one in self.samples] + [one.error for one in self.wholes]
        kinds = {error.kind for error in errors if error}
        if kinds - {"skipped"}:
            return "error"
        if not self.counts[1]:
            return "skipped"
        if self.strayed or not self._as_expected:
            return "miss"
        return "pass" if self.share == 1 else "mixed"

    @cached_property
    def strayed(self) -> bool:
        """Whether the run failed it for its snapshot; older records have no verdict on that."""
        told = any(one.trait == SNAPSHOT and not one.met for one in self.wholes)
        here = [s.snapshot for s in self.samples if s.snapshot and s.snapshot.environment is None]
        return told or bool(here)

    @property
    def _as_expected(self) -> bool:
        return all(one.met for one in self.expected if one.first.trait != SNAPSHOT)

    @property
    def met(self) -> bool:
        """Whether the case is as expected."""
        return self.state in {"pass", "mixed", "skipped"}

    @property
    def kept(self) -> bool:
        """Whether it is, whatever its snapshot says: another model may say something else."""
        return self.met or (self.state == "miss" and self._as_expected)


@dataclass(frozen=True)
class Run:
    """A record: its SHA-256, header, cases and relations between roles, and what was expected."""

    path: str
    digest: str
    header: Header
    cases: Mapping[str, Case]
    comparisons: Mapping[str, Comparison]
    expected: tuple[str, ...] | None

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


def read(path: Path) -> Run:
    """Read a record.

    Raises:
        ReportError: it cannot be read, or is no record.
    """
    header: Header | None = None
    end: End | None = None
    cases: dict[str, Case] = {}
    comparisons: dict[str, Comparison] = {}
    number = 0
    try:
        for line in read_record(path):
            number += 1
            if header is None:
                header = Header.model_validate(line)
            elif line.get("kind") == "sample":
                sample = Sample.model_validate(line)
                cases.setdefault(sample.case, Case(sample.case)).samples.append(sample)
            elif line.get("kind") == "case":
                whole = Whole.model_validate(line)
                if whole.case not in cases:
                    told = "expected samples of the case before, got none"
                    raise ReportError(f"{path}:{number}: {told}: {_NAME}")
                cases[whole.case].wholes.append(whole)
            elif line.get("kind") == "comparison":
                comparison = Comparison.model_validate(line)
                comparisons[comparison.case] = comparison
            elif line.get("kind") == "end":
                end = End.model_validate(line)
    except ValidationError as error:
        raise ReportError(f"{path}:{number}: {explain(error)}: {_NAME}") from None
    except OSError as error:
        raise ReportError(f"{path}: expected a record, got {error.strerror}: {_NAME}") from None
    except (ValueError, RecursionError) as error:
        known = str(error).startswith(f"{path}:")
        told = f"{path}:{number + 1}: expected a JSON line in UTF-8, got another"
        raise ReportError(f"{error if known else told}: {_NAME}") from None
    if header is None:
        raise ReportError(f"{path}: expected a record, got an empty file: {_NAME}")
    for case in cases.values():
        case.samples.sort(key=lambda sample: sample.reply.sample if sample.reply else 0)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Run(str(path), digest, header, cases, comparisons, tuple(end.expected) if end else None)


_NAME = "name a file that --qwen-record wrote"


def _names(case: str) -> tuple[str, str, str]:
    """Tell behavior, role and prompt from an id such as `x.yaml::greets[instruct-zh]`."""
    _, known, item = case.partition("::")
    name, _, inside = item.partition("[")
    role, _, prompt = inside.partition("-")
    if not known or (inside and not (role in ROLES and inside.endswith("]"))):
        return case, "", ""
    return name.rpartition("::")[2] or case, role, prompt[:-1]
