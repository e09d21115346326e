"""JSON Schema, and the names of the kinds of JSON."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, NoReturn

from pytest_qwen.messages.reason import Reason

_SHOWN = 200


def check_schema(json_schema: dict[str, Any] | bool | None = None, **_: object) -> None:
    """Refuse a schema that is none, or that needs another file."""
    if json_schema is not None:
        try:
            _validator(json.dumps(json_schema))
        except ValueError as error:
            why = " ".join(str(getattr(error, "message", error)).split())[:_SHOWN]
            raise ValueError(f"a JSON Schema that needs no other file ({why})") from None


def schema_problem(value: Any, json_schema: dict[str, Any] | bool | None) -> Reason | None:
    """Return the first thing that a schema refuses in a value."""
    if json_schema is None:
        return None
    try:
        error = next(_validator(json.dumps(json_schema)).iter_errors(value), None)
    except ValueError as refused:  # what is no Unicode, or nested too deeply
        return Reason("checks.json_uncheckable", error=str(refused)[:_SHOWN])
    if error is None:
        return None
    message, place = error.message[:_SHOWN], ".".join(map(str, error.instance_path))[:_SHOWN]
    if place:
        return Reason("checks.json_invalid_at", error=message, place=place)
    return Reason("checks.json_invalid", error=message)


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


_KINDS = {
    dict: Reason("checks.json_object"),
    list: Reason("checks.json_array"),
    str: Reason("checks.json_string"),
    bool: Reason("checks.json_boolean"),
    type(None): Reason("checks.json_null"),
}


def kind_of(value: object) -> Reason:
    """Return the name of a value's kind.

    >>> kind_of([1])
    'array'
    """
    return _KINDS.get(type(value)) or Reason("checks.json_number")
