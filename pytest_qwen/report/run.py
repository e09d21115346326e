"""A record as the page needs it: cases with their samples, and what is missing.

Records are untrusted: what has another form than `pytest_qwen.core.record` writes is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pytest_qwen.core.names import shorten
from pytest_qwen.core.record import SCHEMA, read_record

State = Literal["pass", "mixed", "miss", "error", "skipped"]
"""Every sample is as expected; enough are; too few are; there is no reply; the role is not there."""

_ID = re.compile(r".*?::(?:.*::)?(?P<name>[^\[]*)(?:\[(?P<role>[a-z]+)-(?P<prompt>.*)\])?", re.DOTALL)


class ReportError(Exception):
    """A record that no page can be made of. Its text is the line that the user sees."""


class _Line(BaseModel):
    model_config = ConfigDict(strict=True)


class Verdict(_Line):
    """One expectation and whether a sample met it; None where that was left open."""

    trait: str
    args: Any = None
    passed: bool | None = None
    evidence: dict[str, Any] = {}
    line: int | None = None
    at_least: float = 1.0

    @property
    def got(self) -> str:
        """What there was instead, or the reason why it passed."""
        return str(self.evidence.get("got", ""))


class Reply(_Line):
    """What the page shows of a reply."""

    text: str = ""
    thinking: str = ""
    answer: str = ""
    thinking_state: str = "absent"
    finish: str = ""
    token_ids: list[Any] = []
    n_thinking_tokens: int = 0
    seed: int = 0
    sample: int = 0


class Error(_Line):
    """Why there is no reply to judge."""

    kind: str = "error"
    message: str = ""


class Message(_Line):
    """One message of a prompt."""

    role: str = ""
    content: str = ""


class Sample(_Line):
    """One line of the record."""

    case: str
    behavior: str | None = None
    role: str | None = None
    prompt_id: str | None = None
    prompt: list[Message] = []
    reply: Reply | None = None
    verdicts: list[Verdict] = []
    error: Error | None = None

    @property
    def passed(self) -> bool | None:
        """Whether every expectation is met; None where nothing was judged."""
        said = [verdict.passed for verdict in self.verdicts if verdict.passed is not None]
        return all(said) if said and self.error is None else None

    @property
    def said(self) -> str:
        """What the page shows as the answer: the whole text where there is no thinking."""
        if self.reply is None:
            return ""
        return self.reply.answer if self.reply.thinking else self.reply.text

    @property
    def thinking(self) -> str:
        """What was thought before."""
        return self.reply.thinking if self.reply else ""

    @property
    def truncated(self) -> bool:
        """Whether the budget of tokens ended the reply."""
        return self.reply is not None and self.reply.finish == "length"


class Header(_Line):
    """The first line: what was run, with what."""

    kind: Literal["run"]
    schema_: int = SCHEMA
    suite: list[str] = []
    family: str = ""
    checkpoints: dict[str, dict[str, Any] | None] = {}
    options: dict[str, Any] = {}
    versions: dict[str, Any] = {}
    attempt: int = 1


class _End(_Line):
    kind: Literal["end"]
    expected: list[str] = []
    reported: list[str] = []


@dataclass(frozen=True)
class Expected:
    """One expectation of a case and how many samples met it."""

    first: Verdict
    passed: int
    judged: int

    @property
    def met(self) -> bool:
        """Whether enough samples met it (1e-9 forgives 2/3 written as .6667)."""
        return self.passed >= self.first.at_least * self.judged - 1e-9


@dataclass
class Case:
    """A case with its samples."""

    id: str
    samples: list[Sample] = field(default_factory=list)

    @cached_property
    def names(self) -> tuple[str, str, str]:
        """Behavior, role and prompt; a line of a crash has them in its id only."""
        said = self.samples[0]
        parts = _ID.fullmatch(self.id)
        found = parts.groupdict() if parts else {}
        return (
            said.behavior or found.get("name") or self.id,
            said.role or found.get("role") or "",
            said.prompt_id or found.get("prompt") or "",
        )

    @cached_property
    def expected(self) -> list[Expected]:
        """The expectations in their order."""
        most = max((sample.verdicts for sample in self.samples), key=len)
        found = []
        for i, first in enumerate(most):
            passed = [s.verdicts[i].passed for s in self.samples if i < len(s.verdicts)]
            judged = [one for one in passed if one is not None]
            found.append(Expected(first, sum(judged), len(judged)))
        return found

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
        kinds = {sample.error.kind for sample in self.samples if sample.error}
        if kinds - {"skipped"}:
            return "error"
        if not self.counts[1]:
            return "skipped"
        if not all(one.met for one in self.expected):
            return "miss"
        return "pass" if self.share == 1 else "mixed"

    @property
    def met(self) -> bool:
        """Whether the case is as expected."""
        return self.state in {"pass", "mixed", "skipped"}


@dataclass(frozen=True)
class Run:
    """A record: its SHA-256, its header, its cases in order, and the ids that were expected."""

    path: str
    digest: str
    header: Header
    cases: Mapping[str, Case]
    expected: tuple[str, ...] | None

    @property
    def missing(self) -> list[str]:
        """The cases that were expected and are not there."""
        return [case for case in self.expected or () if case not in self.cases]

    @cached_property
    def completeness(self) -> dict[str, int]:
        """How many cases were expected and seen, how many samples are whole or not."""
        samples = [sample for case in self.cases.values() for sample in case.samples]
        errors = Counter(sample.error.kind for sample in samples if sample.error)
        crashed, skipped = errors.pop("crash", 0), errors.pop("skipped", 0)
        return {
            "expected": len(self.cases) if self.expected is None else len(self.expected),
            "observed": len(self.cases),
            "missing": len(self.missing),
            "samples": len(samples),
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
    end: _End | None = None
    cases: dict[str, Case] = {}
    number = 0
    try:
        for number, line in enumerate(read_record(path), 1):
            kind = line.get("kind") if isinstance(line, dict) else None
            if header is None:
                header = _header(line, path)
            elif kind == "sample":
                sample = Sample.model_validate(line)
                cases.setdefault(sample.case, Case(sample.case)).samples.append(sample)
            elif kind == "end":
                end = _End.model_validate(line)
    except ValidationError as error:
        raise ReportError(f"{path}:{number}: {_explain(error)}: {_NAME}") from None
    except OSError as error:
        raise ReportError(f"{path}: expected a record, got {error.strerror}: {_NAME}") from None
    except (ValueError, RecursionError):
        told = f"{path}:{number + 1}: expected a JSON line in UTF-8, got another: {_NAME}"
        raise ReportError(told) from None
    if header is None:
        raise ReportError(f"{path}: expected a record, got an empty file: {_NAME}")
    for case in cases.values():
        case.samples.sort(key=lambda sample: sample.reply.sample if sample.reply else 0)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Run(str(path), digest, header, cases, tuple(end.expected) if end else None)


_NAME = "name a file that --qwen-record wrote"


def _header(line: Any, path: Path) -> Header:
    fields = {**line, "schema_": line.get("schema", SCHEMA)} if isinstance(line, dict) else line
    header = Header.model_validate(fields)
    if header.schema_ != SCHEMA:
        told = f"expected a record of schema {SCHEMA}, got {header.schema_}"
        raise ReportError(f"{path}:1: {told}: use the pytest-qwen that wrote it")
    return header


def _explain(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    where = ".".join(map(str, problem["loc"])) or "the line"
    said = problem["msg"].removeprefix("Input should be ").partition(" or instance")[0]
    return f"expected {said} as {where}, got {shorten(str(problem['input']), 40)}"
