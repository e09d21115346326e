"""What pydantic wanted of a value, in the words of one who writes YAML or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from pytest_qwen.messages.names import shorten

_KINDS = {
    "bool": "true or false",
    "dict": "keys with values",
    "float": "a number",
    "int": "a whole number",
    "list": "a list",
    "model": "keys with values",
    "string": "text",
    "tuple": "a list",
}
_BOUNDS = {
    "greater_than": "more than {gt:.12g}",
    "greater_than_equal": "at least {ge:.12g}",
    "less_than": "less than {lt:.12g}",
    "less_than_equal": "at most {le:.12g}",
    "string_too_short": "text of {min_length} or more characters",
    "too_long": "{max_length} items at most",
    "too_short": "{min_length} or more items",
}


def wanted(error: Mapping[str, Any]) -> str:
    """Say what one of pydantic's errors expected.

    >>> wanted({"type": "int_parsing", "msg": "Input should be a valid integer, unable to …"})
    'a whole number'
    """
    what, _, mistake = error["type"].partition("_")
    if mistake in {"type", "parsing", "from_float"} and what in _KINDS:
        return _KINDS[what]
    if error["type"] in _BOUNDS:
        return _BOUNDS[error["type"]].format(**error["ctx"])
    said: str = error["msg"]
    return said.removeprefix("Value error, ").removeprefix("Input should be ")


def explain(error: ValidationError, what: str = "the line") -> str:
    """Say what was expected and what there was: the first problem of data called `what`."""
    problem = error.errors(include_url=False)[0]
    where = ".".join(map(str, problem["loc"])) or what
    if problem["type"] == "missing":
        return f"expected {where}, got none"
    expected, got = wanted(problem), problem["input"]
    if problem["type"] == "json_invalid":
        expected, got = "JSON", got.decode(errors="replace")
    return f"expected {expected} as {where}, got {shorten(str(got), 40)}"
