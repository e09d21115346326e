"""Lines of a record as bytes and as plain data, and in our words what is wrong with one."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct

from pytest_qwen.messages.names import shorten
from pytest_qwen.record.plain import plain
from pytest_qwen.record.schema import (
    KINDS,
    JudgedLine,
    Line,
    OtherLine,
)

_DECODER = msgspec.json.Decoder(Line)
T = TypeVar("T", bound=Struct)


def decode(text: bytes) -> Line | OtherLine:
    """Read a line.

    Raises:
        ValueError: it is no line of a record; says what was expected.
    """
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, RecursionError):
        data = _data(text)
        if isinstance(kind := data.get("kind"), str) and kind not in KINDS:
            return OtherLine(kind, str(data.get("case", "")))
        return _converted(data, Line)  # type: ignore[no-any-return]


def decode_as(model: type[T], text: bytes) -> T:
    """Read one JSON object as a model.

    Raises:
        ValueError: it is not one; says what was expected.
    """
    return _converted(_data(text), model)  # type: ignore[no-any-return]


def _data(text: bytes) -> dict[str, Any]:
    """Return the object of a line, also of one with what only Python's parser reads, as plain."""
    try:
        data = plain(json.loads(text))
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        got = shorten(text.decode(errors="replace").rstrip())
        raise ValueError(f"expected a JSON object, got {got}")  # noqa: TRY004
    return data


def _converted(data: dict[str, Any], model: Any) -> Any:
    try:
        return msgspec.convert(data, model)
    except msgspec.ValidationError as error:
        raise ValueError(_explained(error, data)) from None


def from_data(model: type[T], data: Any) -> T:
    """Rebuild a line, or a part of one, from plain data; other fields are left out.

    Raises:
        ValueError: a field is missing or of another type.
    """
    return _converted(data, model)  # type: ignore[no-any-return]


def known(value: Any) -> Any:
    """Return the value of a field, None where the line does not have it."""
    return None if value is UNSET else value


def line_from_data(data: Any) -> JudgedLine:
    """Rebuild a line that a test left from what `to_data` returned."""
    return msgspec.convert(data, JudgedLine)  # type: ignore[no-any-return]


def to_data(line: Struct) -> dict[str, Any]:
    """Return a line, or a part of one, as plain data: what JSON has."""
    data: dict[str, Any] = msgspec.to_builtins(line)
    return data


def written(line: Struct) -> str:
    """Return a line as it stands in a file."""
    return json.dumps(to_data(line), ensure_ascii=False, allow_nan=False) + "\n"


_WORDS = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "object": "keys with values",
    "str": "text",
}
_MISTAKE = re.compile(
    r"(Expected|Object missing required field|Invalid (?:enum )?value) [`'](.*?)[`'](.*)"
)

_BOUND = re.compile(r" ([<>]=?) (.*?)(?:\.0)?$")
_BOUNDS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}


def _explained(error: Exception, data: Any) -> str:
    """Say in our words what msgspec expected, and where in the line."""
    message, _, path = str(error).partition(" - at `$")
    steps = re.findall(r"[^.\[\]`]+", path)
    mistake = _MISTAKE.match(message)
    kind, what, rest = mistake.groups() if mistake else ("", message, "")
    if kind == "Object missing required field":
        return f"expected {'.'.join([*steps, what])}, got none"
    if kind.startswith("Invalid"):
        return f"expected another value as {'.'.join(steps)}, got {shorten(what, 40)}"
    for step in steps:
        data = data[int(step) if isinstance(data, list) else step]
    bound = _BOUND.match(rest)
    words = [_WORDS.get(name, name) for name in what.split(" | ") if name != "null"]
    expected = " or ".join(words) + (f", {_BOUNDS[bound[1]]} {bound[2]}" if bound else "")
    return f"expected {expected} as {'.'.join(steps)}, got {shorten(str(data), 40)}"
