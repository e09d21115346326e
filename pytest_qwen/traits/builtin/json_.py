"""Texts that are JSON, or have some in them."""

from __future__ import annotations

import re
from typing import Any

from pytest_qwen.files.strict_json import read_json
from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._json import check_schema, kind_of, schema_problem
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict

_FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*)\n[ \t]*```", re.DOTALL | re.IGNORECASE)


@trait(check=check_schema)
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
        return Verdict(False, Reason("checks.no_json", error=str(error)))
    if problem := schema_problem(value, json_schema):
        return Verdict(False, problem)
    if keys is None or not isinstance(value, dict):
        return Verdict(keys is None, Reason("checks.json", kind=kind_of(value)))
    names = list(map(shorten, value))
    got = Reason("checks.json_keys", keys=names) if names else Reason("checks.json_without_keys")
    return Verdict(value.keys() == set(keys), got)
