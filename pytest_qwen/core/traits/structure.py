"""Texts that are data."""

from __future__ import annotations

import re

from pytest_qwen.core.names import shorten
from pytest_qwen.core.registry import trait
from pytest_qwen.core.strict_json import read_json
from pytest_qwen.core.verdict import Part, Verdict

_FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*)\n[ \t]*```", re.DOTALL | re.IGNORECASE)


@trait
def json_(part: Part, keys: list[str] | None = None, allow_fence: bool = False) -> Verdict:
    """The whole text is one JSON value (RFC 8259); with `keys`, an object of exactly these keys.

    `NaN`, `Infinity` and a key given twice are refused: parsers disagree about them (RFC 8259,
    sections 4 and 6). With `allow_fence` the value may stand in one Markdown code fence.

    >>> from pytest_qwen.core.reply import Reply
    >>> json_(Part('{"a": 1}', Reply(text="")), keys=["b"]).got
    "an object with the keys 'a'"
    """
    text = part.text.strip()
    fence = _FENCE.fullmatch(text) if allow_fence else None
    try:
        value = read_json(fence[1] if fence else text)
    except ValueError as error:
        return Verdict(False, f"no JSON: {error}")
    if keys is None:
        return Verdict(True, f"a JSON {_kind(value)}")
    if not isinstance(value, dict):
        return Verdict(False, f"a JSON {_kind(value)}")
    names = ", ".join(map(shorten, value)) or "none"
    return Verdict(value.keys() == set(keys), f"an object with the keys {names}")


def _kind(value: object) -> str:
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return kinds.get(type(value), "number")
