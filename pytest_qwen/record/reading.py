"""Reads records: as typed lines for the rooms of this package, as dictionaries for everybody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pytest_qwen.messages.names import shorten
from pytest_qwen.record.baseline import approvals
from pytest_qwen.record.codec import decode, decode_as
from pytest_qwen.record.schema import (
    READABLE,
    SCHEMA,
    Approval,
    Line,
    OtherLine,
    RunLine,
)


class RecordError(ValueError):
    """A file that is no record, or a line of it. Its text is a line that says where."""


class Located(NamedTuple):
    """A line of a record with its number, from 1, and the offset in bytes where it begins.

    `line` is an error where it is no line of a record.
    """

    number: int
    offset: int
    line: Line | OtherLine | RecordError


def read_lines(path: Path, see: Callable[[bytes], None] | None = None) -> Iterator[Located]:
    """Yield the lines of a record as they are read; a last line that was cut off is left out.

    A file of half a line is no record. What is wrong with a line behind the first comes in its
    place. `see` is given every line as it stands in the file: what hashes them need not read it
    again.

    Raises:
        OSError: the file cannot be read.
        RecordError: it does not begin as a record does, or another version wrote it.
    """
    number = 0
    for number, offset, text in numbered_lines(path):
        if see:
            see(text)
        line = _read(path, number, text)
        if line is None:
            return  # the run was killed while it wrote
        if number == 1 and not isinstance(line, RunLine):
            raise line if isinstance(line, RecordError) else _no_header(path, line)
        if isinstance(line, RunLine) and line.schema not in READABLE:
            raise RecordError(_other_schema(path, number, line.schema))
        yield Located(number, offset, line)
    if not number:
        raise RecordError(f"{path}: expected a record, got an empty file: {_NAME}")


_NAME = "name a file that --qwen-record wrote"


def _read(path: Path, number: int, text: bytes) -> Line | OtherLine | RecordError | None:
    """Return a line, what is wrong with it, or None where it was cut off behind the first."""
    try:
        return decode(text)
    except ValueError as error:
        if number > 1 and not text.endswith(b"\n"):
            return None
        return RecordError(f"{path}:{number}: {error}: {_NAME}")


def _no_header(path: Path, line: Line | OtherLine) -> RecordError:
    kind = line.kind if isinstance(line, OtherLine) else line.__struct_config__.tag
    return RecordError(f"{path}:1: expected the header of a record, got a line {kind!r}: {_NAME}")


def _other_schema(path: Path | str, number: int, schema: object) -> str:
    expected = f"a record of schema {' or '.join(map(str, READABLE))}"
    do = "record it anew, its replies are in the store, or read it with what wrote it"
    return f"{path}:{number}: expected {expected}, got {str(schema)[:20]}: {do}"


def read_header(path: Path | str, number: int, text: bytes) -> RunLine:
    """Return the first line of a record that came some other way.

    Raises:
        RecordError: it is broken, or another version wrote it.
    """
    try:
        header = decode_as(RunLine, text)
    except ValueError as error:
        raise RecordError(f"{path}:{number}: {error}: {_NAME}") from None
    if header.schema not in READABLE:
        raise RecordError(_other_schema(path, number, header.schema))
    return header


def read_record(path: Path | str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a record as they are read; a last line that was cut off is left out.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line that is not the last, or the first, is no JSON object, or another
            version wrote the record. Its text is a line that says where.
    """
    for number, _, text in numbered_lines(path):
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            line = None
        if not isinstance(line, dict):
            if number > 1 and not text.endswith(b"\n"):
                return
            got = shorten(text.decode(errors="replace").rstrip())
            raise RecordError(f"{path}:{number}: expected a JSON object, got {got}")
        if line.get("kind") == "run" and line.get("schema", SCHEMA) not in READABLE:
            raise RecordError(_other_schema(path, number, line["schema"]))
        yield line


def line_at(path: Path, offset: int) -> Line | OtherLine:
    """Return the line that begins at an offset, as `read_lines` told it."""
    with path.open("rb") as file:
        file.seek(offset)
        return decode(file.readline())


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


def read_approval(path: Path) -> Approval | None:
    """Return the latest approval of a baseline, None where it never was approved.

    One that cannot be read approves nothing: it is that of no record.
    """
    try:
        return decode_as(Approval, approvals(path).read_bytes().splitlines()[-1])
    except (OSError, IndexError):
        return None
    except ValueError:
        return Approval()
