"""The run's record: JSON lines that the report and the gate read, and people with pandas.

{"kind": "run", "schema": 2, …}             the suite, the family, the environment
{"kind": "sample", "case": …, "reply": …}   one line a sample, as it is judged
{"kind": "case", "case": …, "trait": …}     one line a verdict on a whole case
{"kind": "comparison", "case": …, …}        one line a relation between roles, see steps.py
{"kind": "end", "expected": […], …}         its absence means that the run was cut off
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any

from pytest_qwen.messages.names import shorten
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.spec.expectation import Expectation
from pytest_qwen.traits.verdict import Verdict

SCHEMA = 2
"""The version of the lines, in the first of them."""

READABLE = (1, SCHEMA)
"""The versions that can be read: 1 has no lines of whole cases."""

KNOWN_SCHEMA = f"a record of schema {' or '.join(map(str, READABLE))}"
"""What a message says was expected of another version."""

Line = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """One sample with the verdict of every expectation of its case."""

    reply: Reply
    verdicts: tuple[tuple[Expectation, Verdict], ...]


def case_fields(nodeid: str, behavior: str, prompt_id: str, request: Request, samples: int) -> Line:
    """Return what every line of a case begins with: what was asked, and how many samples of it.

    `request` is any of the case's, complete: the sampling parameters are those that were used.
    """
    return {
        "kind": "sample",
        "case": nodeid,
        "behavior": behavior,
        "role": request.role,
        "prompt_id": prompt_id,
        "cluster": behavior,
        "prompt": plain([message.model_dump() for message in request.messages]),
        "prompt_as": request.prompt_as,
        "thinking": request.thinking,
        "sampling": request.sampling.said(),
        "seed": request.seed,
        "samples": samples,
    }


def sample_line(fields: Line, judged: Judged) -> Line:
    """Return the line of one judged sample."""
    verdicts = [
        {
            "trait": expectation.name,
            "args": plain(expectation.args),
            "version": expectation.version,
            "passed": verdict.passed,
            "evidence": plain(verdict.evidence()),
            "line": expectation.line,
            "at_least": expectation.at_least,
        }
        for expectation, verdict in judged.verdicts
    ]
    reply = judged.reply.to_json()
    del reply["margins"]  # for snapshots; they would make records twice as large
    return {**fields, "reply": reply, "verdicts": verdicts, "error": None}


def whole_fields(
    fields: Line, trait: str, line: int, args: Any = None, version: str | None = None
) -> Line:
    """Return what the line of a verdict on a whole case begins with.

    Args:
        fields: those of the case's samples.
        trait: `same_as`, `more_than` or `SNAPSHOT`: the key of the YAML that asks for it.
        line: where it stands.
        args: what stands behind it.
        version: of the code that judges.
    """
    names = ("case", "behavior", "role", "prompt_id", "cluster")
    asked = {"trait": trait, "args": plain(args), "version": version, "line": line}
    return {"kind": "case", **{name: fields[name] for name in names}, **asked}


def whole_line(fields: Line, told: str, evidence: Mapping[str, Any]) -> Line:
    """Return the line of a verdict on a whole case; it is missed where a person is told so."""
    verdict = {"passed": not told, "evidence": plain(evidence), "message": plain(told)}
    return {**fields, **verdict, "error": None}


SNAPSHOT = "snapshot"
"""What a verdict on a case's snapshot is called: it checks only that a text is the same."""

ERRORS = ("nan", "oom", "timeout", "error", "engine", "store", "crash", "setup", "call", "teardown")
"""Kinds of infrastructure errors: ends of a reply, what failed, or the phase of the test."""


def error_line(fields: Line, kind: str, message: str, reply: Reply | None = None) -> Line:
    """Return the line of a case without a reply to judge: an infrastructure error, no verdict."""
    error = {"kind": str(kind), "message": plain(message)}
    said = reply.to_json() if reply else None
    return {**fields, "reply": said, "verdicts": [], "error": error}


def met(trait: str, passed: bool | None) -> bool | None:
    """Return whether a verdict of a record counts as met; None for a Python test that was skipped.

    Nothing can be said of an answer that was cut off while the model thought, and it is no answer.
    """
    return False if passed is None and trait != "test" else passed


def plain(value: Any) -> Any:
    """Return a value as plain JSON data: a trait may leave anything in its evidence.

    What JSON does not have becomes text, not-a-number and infinity too, and lone surrogates are
    replaced, so that a record can always be sent, written and read.
    """
    match value:
        case Enum():
            return plain(value.value)
        case str():
            return str(value).encode("utf-8", "replace").decode()
        case bool() | None:
            return value
        case int():
            return int(value)
        case float() if math.isfinite(value):
            return float(value)
        case Mapping():
            return {plain(str(key)): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _:
            return str(value)


class RecordWriter:
    """Writes a record line by line: what is written is there even when the run is killed.

    The file is begun anew with the first line, so that a run without samples leaves the old one.
    """

    def __init__(self, path: Path, run: Mapping[str, Any]) -> None:
        self.path = path
        self.cases: dict[str, None] = {}
        self.missed: set[str] = set()
        self._run = run
        self._file: IO[str] | None = None

    def write(self, lines: Sequence[Line]) -> None:
        """Append the lines of one case.

        Raises:
            OSError: the file cannot be written. What is in it stays, and nothing follows.
        """
        begin: list[Line] = []
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8", newline="\n")
            begin = [{"kind": "run", "schema": SCHEMA, **self._run}]
        self._append([*begin, *lines])
        for line in lines:
            self.cases[line["case"]] = None
            judged = [line, *line.get("verdicts", ())]
            if any(one.get("passed") is False for one in judged):
                self.missed.add(line["case"])

    def close(self, expected: Sequence[str], status: int, look: int | None = None) -> None:
        """Write the last line: the cases expected, those reported, and pytest's exit status.

        `look` is the look that ended a run that the gate watched. A record that could not be
        written to its end gets no such line.

        Raises:
            OSError: the line cannot be written.
        """
        if self._file is None or self._file.closed:
            return
        reported = list(self.cases)
        looked = {} if look is None else {"look": look}
        end = {"kind": "end", "expected": list(expected), "reported": reported, "status": status}
        self._append([end | looked])
        self._file.close()
        self._file = None

    def _append(self, lines: Sequence[Line]) -> None:
        """Write lines through to the file; it is closed where that fails, perhaps in a line."""
        assert self._file is not None
        try:
            for line in lines:
                text = json.dumps(line, ensure_ascii=False, allow_nan=False)
                self._file.write(text + "\n")
            self._file.flush()
        except OSError as error:
            with suppress(OSError):  # closing tries again to write what is left
                self._file.close()
            error.filename = str(self.path)
            raise


def approvals(path: Path) -> Path:
    """Return where the approvals of a baseline are kept: beside it, a JSON line each."""
    return path.with_name(f"{path.name}.approvals.jsonl")


def read_record(path: Path | str) -> Iterator[Line]:
    """Yield the lines of a record as they are read; a last line that was cut off is left out.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line that is not the last is no JSON object, or another version wrote the
            record. Its text is a line that says where.
    """
    for number, _, text in numbered_lines(path):
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            line = None
        if not isinstance(line, dict):
            if not text.endswith(b"\n"):
                return
            raise ValueError(f"{path}:{number}: {no_object(text)}")
        if line.get("kind") == "run" and line.get("schema", SCHEMA) not in READABLE:
            got = plain(line["schema"])
            do = "read it with the pytest-qwen that wrote it"
            raise ValueError(f"{path}:{number}: expected {KNOWN_SCHEMA}, got {got}: {do}")
        yield line


def no_object(text: bytes) -> str:
    """Say what a line that is no JSON object should have been."""
    return f"expected a JSON object, got {shorten(text.decode(errors='replace').rstrip())}"


def numbered_lines(path: Path | str) -> Iterator[tuple[int, int, bytes]]:
    """Yield each line of a file with its number and the offset where it begins.

    Bytes, since a killed run may leave half a line, or half a character, without an end of line.

    Raises:
        OSError: the file cannot be read.
    """
    offset = 0
    with Path(path).open("rb") as file:
        for number, text in enumerate(file, 1):
            yield number, offset, text
            offset += len(text)
