"""JSON from models and strangers, read without the liberties that parsers take differently."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def read_json(text: str | bytes) -> Any:
    """Return the one JSON value (RFC 8259) that makes up `text`; bytes are UTF-8.

    `NaN`, `Infinity` and a key given twice are refused: parsers disagree about them (RFC 8259,
    sections 4 and 6).

    >>> read_json('{"a": [1, "二"]}')
    {'a': [1, '二']}

    Raises:
        ValueError: the text is no such value, or is nested too deeply to read; says why.
    """
    try:
        return DECODER.decode(text if isinstance(text, str) else text.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("nested too deeply to read") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key is given twice")
    return value


DECODER = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_object)
"""The strict decoder itself, for values that stand inside a text (`raw_decode`)."""
