"""Texts that are JSON, or have some in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NoReturn

from pytest_qwen.files.strict_json import DECODER, read_json
from pytest_qwen.messages.names import shorten
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Span, Verdict

_FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*)\n[ \t]*```", re.DOTALL | re.IGNORECASE)
_BEGINNING = re.compile(r'\{\s*["}]|\[\s*[\[{"\]\d\-tfn]')
_EFFORT = 10  # how many times a text may be read in vain for the JSON in it
_LINES = 100  # characters in which line ends are counted while one is read
_SHOWN = 200


def _runs(json_schema: dict[str, Any] | bool | None = None, **_: object) -> None:
    if json_schema is not None:
        try:
            _validator(json.dumps(json_schema))
        except ValueError as error:
            why = " ".join(str(getattr(error, "message", error)).split())[:_SHOWN]
            raise ValueError(f"a JSON Schema that needs no other file ({why})") from None


@trait(check=_runs)
def json_(
    part: Part,
    keys: list[str] | None = None,
    allow_fence: bool = False,
    json_schema: dict[str, Any] | bool | None = None,
) -> Verdict:
    """The whole text is one JSON value (RFC 8259); with `keys`, an object of exactly these keys.

    `NaN`, `Infinity` and a key given twice are refused: parsers disagree about them (RFC 8259,
    sections 4 and 6). With `allow_fence` the value may stand in one Markdown code fence. With
    `json_schema` it must be valid (JSON Schema 2020-12, or what its `$schema` names; formats are
    checked, patterns are matched in linear time, and no reference is followed to another file).

    >>> from pytest_qwen.model_io.reply import Reply
    >>> json_(Part('{"a": 1}', Reply(text="")), keys=["b"]).got
    "an object with the keys 'a'"
    """
    text = part.text.strip()
    fence = _FENCE.fullmatch(text) if allow_fence else None
    try:
        value = read_json(fence[1] if fence else text)
    except ValueError as error:
        return Verdict(False, f"no JSON: {error}")
    if wrong := _wrong(value, json_schema):
        return Verdict(False, wrong)
    if keys is None:
        return Verdict(True, f"a JSON {_kind(value)}")
    if not isinstance(value, dict):
        return Verdict(False, f"a JSON {_kind(value)}")
    names = ", ".join(map(shorten, value)) or "none"
    return Verdict(value.keys() == set(keys), f"an object with the keys {names}")


@trait(check=_runs)
def contains_json(part: Part, json_schema: dict[str, Any] | bool | None = None) -> Verdict:
    """Somewhere in the text stands a JSON object or array; with `json_schema`, a valid one.

    The outermost ones are looked at, from left to right. A text that begins JSON again and again
    without ending it is given up.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> contains_json(Part('如下：{"a": 1}。', Reply(text=""))).spans
    ((3, 11),)
    """
    first = "no JSON object or array in it"
    spans: tuple[Span, ...] = ()
    for value, span in _values(part.text):
        wrong = _wrong(value, json_schema)
        if not wrong:
            return Verdict(True, f"a JSON {_kind(value)} in it", (span,))
        if not spans:
            first, spans = wrong, (span,)
    return Verdict(False, first, spans)


def _values(text: str) -> Iterator[tuple[Any, Span]]:
    end = spent = 0
    while (beginning := _BEGINNING.search(text, end)) and spent <= _EFFORT * len(text):
        start = beginning.start()
        try:
            value, end = DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            spent += _cost(error, text, start)
            end = start + 1
        else:
            yield value, (start, end)


def _cost(error: Exception, text: str, start: int) -> int:
    """Return how many characters were read in vain: an error also counts the lines before it."""
    if isinstance(error, json.JSONDecodeError) and not error.msg.startswith("Unterminated"):
        return error.pos - start + error.pos // _LINES
    return len(text) - start


def _wrong(value: Any, json_schema: dict[str, Any] | bool | None) -> str:
    """Say what a schema refuses in a value, "" if nothing."""
    if json_schema is None:
        return ""
    try:
        error = next(_validator(json.dumps(json_schema)).iter_errors(value), None)
    except ValueError as refused:  # what is no Unicode, or nested too deeply
        return f"JSON that no schema can be held against: {refused}"
    if error is None:
        return ""
    place = ".".join(map(str, error.instance_path))
    return f"JSON in which {error.message[:_SHOWN]}" + (f" at {place[:_SHOWN]}" if place else "")


@lru_cache
def _validator(schema: str) -> Any:
    import jsonschema_rs

    return jsonschema_rs.validator_for(
        json.loads(schema),
        retriever=_refuse,
        validate_formats=True,
        pattern_options=jsonschema_rs.RegexOptions(),
    )


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"{uri} is not fetched")


def _kind(value: object) -> str:
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return kinds.get(type(value), "number")
