"""A record as the gate sees it: by case and sample what passed, and where its line stands.

Texts stay in the file until a changed case is shown, so that records of any length fit into memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pytest_qwen.messages.reason import Reason, from_json
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
        """Read the text of the reply."""
        line = line_at(self.path, self.offset)
        return line.reply.text if isinstance(line, SampleLine) and line.reply else ""


class RelationVerdict(NamedTuple):
    """Whether a case meets a relation, None where it was not judged, and its failure's message."""

    check: Check
    passed: bool | None
    message: str


@dataclass
class EvidenceCase:
    """What a record has of a case. `errors` are of its samples; key None is the whole case.

    `relations` has by name the verdicts on the relations between its prompt and others.
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
    relations: dict[str, RelationVerdict] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """The names that a policy may gate."""
        return {check.trait for check in self.checks or ()} | self.relations.keys()

    def has_other_traits(self, other: EvidenceCase) -> bool:
        """Say whether another record has other traits, or other arguments of the same."""
        if self.checks is None or other.checks is None:
            return False
        return [check[:2] for check in self.checks] != [check[:2] for check in other.checks]

    def has_other_relations(self, other: EvidenceCase) -> bool:
        """Say whether a relation is to another prompt than in another record."""
        return any(old[:2] != new[:2] for old, new in self._relations_of_both(other))

    def other_versions(self, other: EvidenceCase) -> list[tuple[Check, Check]]:
        """Return the checks that another record has by another version of the code.

        The other record must have the same traits.
        """
        pairs = zip(self.checks or (), other.checks or (), strict=False)
        both = [*pairs, *self._relations_of_both(other)]
        return [(old, new) for old, new in both if old.version != new.version]

    def _relations_of_both(self, other: EvidenceCase) -> list[tuple[Check, Check]]:
        names = sorted(self.relations.keys() & other.relations.keys())
        return [(self.relations[name].check, other.relations[name].check) for name in names]

    @property
    def is_met(self) -> bool:
        """Whether the case is as expected; its snapshot does not count."""
        if set(self.errors.values()) - {"skipped"}:
            return False
        columns = list(zip(*(sample.passes for sample in self.samples.values()), strict=True))
        judged = [[met for met in column if met is not None] for column in columns]
        shares = map(enough, map(sum, judged), map(len, judged), self.at_least)
        return is_met(shares, {name: verdict.passed for name, verdict in self.relations.items()})

    def lacking(self, judged: Collection[int], n: int) -> list[str]:
        """Return of `n` samples the kinds of errors of those that are not among the judged ones."""
        whole = self.errors.get(None, "not run")
        return [self.errors.get(i, whole) for i in range(n) if i not in judged]

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
    cases: dict[str, EvidenceCase]
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
        problems: Iterator[Reason] = iter(())
        match line:
            case SampleLine():
                problems = _add(evidence, line, offset)
            case CaseLine():
                problems = _add_relation(evidence, line)
            case RunLine() if number == 1:
                evidence.run = to_data(line)
            case RunLine():
                problems = iter([Reason("gate.second_header")])
            case EndLine():
                evidence.expected, evidence.look = tuple(line.expected), line.look or None
                evidence.status = line.status
            case ValueError():
                evidence.wrong.append(str(line))
            case _:
                evidence.others.add(line.case)
        at = {"path": str(path), "line": number}
        evidence.wrong += (Reason("gate.at_line", **at, problem=problem) for problem in problems)
    evidence.digest = digest.hexdigest()
    approval = read_approval(path)
    if approval is not None:
        evidence.approval = to_data(approval)
    if approval is not None and approval.sha256 != evidence.digest:
        by = approval.by[:80]
        evidence.wrong.append(Reason("gate.other_baseline", path=str(path), by=by))
    return evidence


def _add(evidence: Evidence, line: SampleLine, offset: int) -> Iterator[Reason]:
    """Add a sample to its case, and yield what contradicts its earlier lines."""
    case_id, reply = line.case, line.reply
    case = evidence.cases.get(case_id)
    if case is None:
        case = evidence.cases[case_id] = EvidenceCase(case_id)
    if line.behavior:
        case.behavior = line.behavior
        case.role, case.cluster = line.role or "", line.cluster or ""
        asked = Asked(*(known(getattr(line, name)) for name in Asked._fields))
        if not line.samples:
            yield Reason("gate.no_request")
        elif case.asked is not None and case.asked != asked:
            yield Reason("gate.request_changed", case=case_id)
        case.asked = case.asked or asked
    number = reply.sample if reply else None
    if number in case.errors or number in case.samples:
        if number is None:
            yield Reason("gate.second_line", case=case_id)
        else:
            yield Reason("gate.second_sample", sample=number, case=case_id)
        return
    if line.error:
        case.errors[number] = line.error.kind
        return
    if reply is None or number is None or not line.behavior:
        yield Reason("gate.no_outcome")
        return
    checks = tuple([Check(v.trait, v.args, v.version) for v in line.verdicts])
    if case.checks is None:
        case.checks = checks
        case.at_least = tuple(verdict.at_least for verdict in line.verdicts)
    elif case.checks != checks:
        yield Reason("gate.traits_changed", case=case_id)
        return
    passes = tuple([verdict.met for verdict in line.verdicts])
    case.samples[number] = Sample(passes, reply.thinking_state, evidence.path, offset)


def _add_relation(evidence: Evidence, line: CaseLine) -> Iterator[Reason]:
    """Add a verdict on a whole case; of snapshots the gate knows nothing."""
    case = evidence.cases.get(line.case)
    if case is None:
        yield Reason("gate.no_samples_before")
    elif line.trait != SNAPSHOT:
        check = Check(line.trait, line.args, line.version)
        message = from_json(line.message_code) or line.message
        case.relations.setdefault(line.trait, RelationVerdict(check, line.passed, message))
