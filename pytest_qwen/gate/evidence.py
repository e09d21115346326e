"""A record as the gate sees it: by case and sample what passed, and where its line stands.

Texts stay in the file until a flip is shown, so that records of any length fit into memory.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, NamedTuple, NotRequired, cast

from pydantic import Field, StrictBool, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from pytest_qwen.files.pydantic_messages import explain
from pytest_qwen.record.record import (
    KNOWN_SCHEMA,
    READABLE,
    SNAPSHOT,
    approvals,
    met,
    no_object,
    numbered_lines,
)


class RecordError(Exception):
    """A file that is no record. Its text is a line that says where and what was expected."""


class Check(NamedTuple):
    """What a sample was judged by: the trait, its arguments as JSON data, and its version."""

    trait: str
    args: Any
    version: str | None


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
        with self.path.open("rb") as file:
            file.seek(self.offset)
            reply = json.loads(file.readline()).get("reply") or {}
        return str(reply.get("text", ""))


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


class _Verdict(TypedDict):
    trait: str
    args: NotRequired[Any]
    version: NotRequired[str | None]
    passed: StrictBool | None


class _Reply(TypedDict):
    sample: Annotated[int, Field(ge=0)]
    thinking_state: NotRequired[str]


class _Error(TypedDict):
    kind: str


class _Line(TypedDict):
    kind: str
    case: NotRequired[str]
    behavior: NotRequired[str]
    role: NotRequired[str]
    cluster: NotRequired[str]
    prompt: NotRequired[Any]
    prompt_as: NotRequired[str | None]
    thinking: NotRequired[bool | None]
    sampling: NotRequired[Any]
    seed: NotRequired[int | None]
    samples: NotRequired[Annotated[int, Field(ge=1, le=100_000)]]
    reply: NotRequired[_Reply | None]
    verdicts: NotRequired[list[_Verdict]]
    trait: NotRequired[str]
    args: NotRequired[Any]
    version: NotRequired[str | None]
    passed: NotRequired[StrictBool | None]
    message: NotRequired[str]
    error: NotRequired[_Error | None]
    expected: NotRequired[list[str]]
    look: NotRequired[Annotated[int, Field(ge=1)] | None]
    status: NotRequired[int | None]


# Dictionaries rather than models, and only what the gate needs of a line: half the time.
_LINE = TypeAdapter(_Line)


def read_evidence(path: Path) -> Evidence:
    """Read a record for the gate.

    Raises:
        OSError: it cannot be read.
        RecordError: it is no record, or one of another schema.
    """
    found = Evidence(path, {}, {}, None, "", [])
    digest = hashlib.sha256()
    for number, offset, text in numbered_lines(path):
        digest.update(text)
        try:
            line = _LINE.validate_json(text)
        except ValidationError as error:
            if not text.endswith(b"\n"):
                break  # the run was killed while it wrote
            inside = error.errors(include_url=False)[0]["loc"]
            told = f"{path}:{number}: {explain(error) if inside else no_object(text)}"
            if number == 1:
                raise RecordError(told) from None
            found.wrong.append(told)
            continue
        if number == 1:
            found.run = _header(path, line["kind"], text)
        elif line["kind"] == "run":
            found.wrong.append(f"{path}:{number}: expected one run, got the header of another")
        elif line["kind"] == "end":
            found.expected, found.look = tuple(line.get("expected", ())), line.get("look")
            found.status = line.get("status")
        elif line["kind"] == "sample":
            found.wrong += (f"{path}:{number}: {told}" for told in _add(found, line, offset))
        elif line["kind"] == "case":
            found.wrong += (f"{path}:{number}: {told}" for told in _add_whole(found, line))
        else:
            found.others.add(line.get("case", ""))
    if not found.run:
        raise RecordError(f"{path}: expected a record, got an empty file")
    found.digest = digest.hexdigest()
    found.approval = _approval(path)
    if found.approval is not None and found.approval.get("sha256") != found.digest:
        by = str(found.approval.get("by"))[:80]
        found.wrong.append(
            f"{path}: expected the baseline that {by} approved, got another file: "
            "restore it, or approve this one"
        )
    return found


def _approval(path: Path) -> Mapping[str, Any] | None:
    """Return the latest approval of a baseline, None where it never was approved."""
    try:
        approval = json.loads(approvals(path).read_text(encoding="utf-8").splitlines()[-1])
    except (OSError, IndexError):
        return None
    except (ValueError, RecursionError):
        approval = {}
    return approval if isinstance(approval, dict) else {}


def _header(path: Path, kind: str, text: bytes) -> Mapping[str, Any]:
    run: dict[str, Any] = json.loads(text)
    if kind != "run":
        do = "name what --qwen-record wrote"
        raise RecordError(f"{path}:1: expected the header of a record, got a line {kind!r}: {do}")
    if run.get("schema") not in READABLE:
        got = str(run.get("schema"))[:20]
        do = "record it anew, its replies are in the store"
        raise RecordError(f"{path}:1: expected {KNOWN_SCHEMA}, got {got}: {do}")
    return run


def _add(found: Evidence, line: _Line, offset: int) -> Iterator[str]:
    """Add a sample to its case, and yield what contradicts its earlier lines."""
    name = line.get("case", "")
    case = found.cases.get(name)
    if case is None:
        case = found.cases[name] = Recorded(name)
    reply, behavior = line.get("reply"), line.get("behavior")
    if behavior:
        case.behavior = behavior
        case.role, case.cluster = line.get("role", ""), line.get("cluster", "")
        asked = Asked(*map(cast("dict[str, Any]", line).get, Asked._fields))
        if asked.samples is None:
            yield "expected `samples` and what was asked, got none: record it anew"
        elif case.asked is not None and case.asked != asked:
            yield f"expected what the case's first line asks, got another: {name}"
        case.asked = case.asked or asked
    number = reply["sample"] if reply else None
    if number in case.errors or number in case.samples:
        which = "the case" if number is None else f"sample {number}"
        yield f"expected one line for {which}, got another: {name}"
        return
    if error := line.get("error"):
        case.errors[number] = error["kind"]
        return
    if reply is None or number is None or not behavior:
        yield "expected a reply or an error, got neither"
        return
    verdicts = line.get("verdicts", [])
    checks = tuple([Check(v["trait"], v.get("args"), v.get("version")) for v in verdicts])
    if case.checks is not None and case.checks != checks:
        yield f"expected the traits of the case's first sample, got others: {name}"
        return
    case.checks = case.checks or checks
    passes = tuple([met(verdict["trait"], verdict["passed"]) for verdict in verdicts])
    sample = Sample(passes, reply.get("thinking_state", ""), found.path, offset)
    case.samples[number] = sample


def _add_whole(found: Evidence, line: _Line) -> Iterator[str]:
    """Add a verdict on a whole case; of snapshots the gate knows nothing."""
    case, name = found.cases.get(line.get("case", "")), line.get("trait", "")
    if case is None:
        yield "expected samples of the case before, got none"
    elif name != SNAPSHOT:
        check = Check(name, line.get("args"), line.get("version"))
        case.held.setdefault(name, Whole(check, line.get("passed"), line.get("message", "")))
