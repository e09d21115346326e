"""A record as the gate sees it: by case and sample what passed, and where its line stands.

Texts stay in the file until a flip is shown, so that records of any length fit into memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pytest_qwen.record.case import enough, is_met
from pytest_qwen.record.codec import known, to_data
from pytest_qwen.record.parts import Version
from pytest_qwen.record.reading import line_at, read_approval, read_lines
from pytest_qwen.record.schema import (
    SNAPSHOT,
    CaseLine,
    EndLine,
    RunLine,
    SampleLine,
)


class Check(NamedTuple):
    """What a sample was judged by: the trait, its arguments as JSON data, and its version."""

    trait: str
    args: Any
    version: Version


class Asked(NamedTuple):
    """What makes the samples of two runs comparable, besides their checks."""

    prompt: Any = None
    prompt_as: str | None = None
    thinking: bool | None = None
    sampling: Any = None
    seed: int | None = None
    samples: int | None = None


class Sample(NamedTuple):
    """A judged sample: the verdict of each check of its case, and where its line stands."""

    passes: tuple[bool | None, ...]
    state: str
    path: Path
    offset: int

    def text(self) -> str:
        """Read what the sample said."""
        line = line_at(self.path, self.offset)
        return line.reply.text if isinstance(line, SampleLine) and line.reply else ""


class Whole(NamedTuple):
    """A verdict on a whole case, None where it was not judged, and what a person is told of it."""

    check: Check
    passed: bool | None
    message: str


@dataclass
class Recorded:
    """What a record has of a case. `errors` are of its samples; key None is the whole case.

    `held` has by name what came of the other prompts that it is held against.
    """

    case: str
    behavior: str = ""
    role: str = ""
    cluster: str = ""
    asked: Asked | None = None
    checks: tuple[Check, ...] | None = None
    samples: dict[int, Sample] = field(default_factory=dict)
    errors: dict[int | None, str] = field(default_factory=dict)
    at_least: tuple[float, ...] = ()
    held: dict[str, Whole] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """The names that a policy may gate."""
        return {check.trait for check in self.checks or ()} | self.held.keys()

    def held_otherwise(self, other: Recorded) -> bool:
        """Say whether it is held against another prompt than in another record."""
        common = self.held.keys() & other.held.keys()
        return any(self.held[name].check != other.held[name].check for name in common)

    @property
    def is_met(self) -> bool:
        """Whether the case is as expected; its snapshot does not count."""
        if set(self.errors.values()) - {"skipped"}:
            return False
        columns = list(zip(*(sample.passes for sample in self.samples.values()), strict=True))
        judged = [[met for met in column if met is not None] for column in columns]
        shares = map(enough, map(sum, judged), map(len, judged), self.at_least)
        return is_met(shares, {name: whole.passed for name, whole in self.held.items()})

    @property
    def is_skipped(self) -> bool:
        """Whether the run left the case out on purpose."""
        return not self.samples and set(self.errors.values()) == {"skipped"}


@dataclass
class Evidence:
    """One side of the gate.

    `wrong` says where lines contradict what a record is; `others` are the ids of lines of other
    kinds, which the gate does not compare. `look` is the look that ended the run, `status` pytest's
    exit status.
    """

    path: Path
    run: Mapping[str, Any]
    cases: dict[str, Recorded]
    expected: tuple[str, ...] | None
    digest: str
    wrong: list[str]
    others: set[str] = field(default_factory=set)
    approval: Mapping[str, Any] | None = None
    look: int | None = None
    status: int | None = None

    @property
    def ids(self) -> list[str]:
        """The cases that it has, then those that were expected; some are both."""
        return [*self.cases, *(self.expected or ())]


def read_evidence(path: Path) -> Evidence:
    """Read a record for the gate.

    Raises:
        OSError: it cannot be read.
        RecordError: it is no record, or one of another schema.
    """
    evidence = Evidence(path, {}, {}, None, "", [])
    digest = hashlib.sha256()
    for number, offset, line in read_lines(path, digest.update):
        match line:
            case SampleLine():
                problems = _add(evidence, line, offset)
            case CaseLine():
                problems = _add_whole(evidence, line)
            case RunLine() if number == 1:
                evidence.run, problems = to_data(line), iter(())
            case RunLine():
                problems = iter(["expected one run, got the header of another"])
            case EndLine():
                evidence.expected, evidence.look = tuple(line.expected), line.look or None
                evidence.status, problems = line.status, iter(())
            case ValueError():
                evidence.wrong.append(str(line))
                continue
            case _:
                evidence.others.add(line.case)
                continue
        evidence.wrong += (f"{path}:{number}: {problem}" for problem in problems)
    evidence.digest = digest.hexdigest()
    approval = read_approval(path)
    if approval is not None:
        evidence.approval = to_data(approval)
    if approval is not None and approval.sha256 != evidence.digest:
        evidence.wrong.append(
            f"{path}: expected the baseline that {approval.by[:80]} approved, got another file: "
            "restore it, or approve this one"
        )
    return evidence


def _add(evidence: Evidence, line: SampleLine, offset: int) -> Iterator[str]:
    """Add a sample to its case, and yield what contradicts its earlier lines."""
    case_id, reply = line.case, line.reply
    case = evidence.cases.get(case_id)
    if case is None:
        case = evidence.cases[case_id] = Recorded(case_id)
    if line.behavior:
        case.behavior = line.behavior
        case.role, case.cluster = line.role or "", line.cluster or ""
        asked = Asked(*(known(getattr(line, name)) for name in Asked._fields))
        if not line.samples:
            yield "expected `samples` and what was asked, got none: record it anew"
        elif case.asked is not None and case.asked != asked:
            yield f"expected what the case's first line asks, got another: {case_id}"
        case.asked = case.asked or asked
    number = reply.sample if reply else None
    if number in case.errors or number in case.samples:
        which = "the case" if number is None else f"sample {number}"
        yield f"expected one line for {which}, got another: {case_id}"
        return
    if line.error:
        case.errors[number] = line.error.kind
        return
    if reply is None or number is None or not line.behavior:
        yield "expected a reply or an error, got neither"
        return
    checks = tuple([Check(v.trait, v.args, v.version) for v in line.verdicts])
    if case.checks is None:
        case.checks = checks
        case.at_least = tuple(verdict.at_least for verdict in line.verdicts)
    elif case.checks != checks:
        yield f"expected the traits of the case's first sample, got others: {case_id}"
        return
    passes = tuple([verdict.met for verdict in line.verdicts])
    case.samples[number] = Sample(passes, reply.thinking_state, evidence.path, offset)


def _add_whole(evidence: Evidence, line: CaseLine) -> Iterator[str]:
    """Add a verdict on a whole case; of snapshots the gate knows nothing."""
    case = evidence.cases.get(line.case)
    if case is None:
        yield "expected samples of the case before, got none"
    elif line.trait != SNAPSHOT:
        check = Check(line.trait, line.args, line.version)
        case.held.setdefault(line.trait, Whole(check, line.passed, line.message))
