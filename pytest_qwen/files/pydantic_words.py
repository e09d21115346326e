"""Our words for what each of pydantic's errors expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic_core.core_schema import ErrorType

TEXT = "text"
_KINDS = {
    "bool": "true or false",
    "bytes": TEXT,
    "complex": "a number",
    "dataclass": "keys with values",
    "date": "a date such as 2026-01-31",
    "datetime": "a date with a time such as 2026-01-31T12:00:00",
    "decimal": "a number",
    "dict": "keys with values",
    "finite": "a finite number",
    "float": "a number",
    "frozen": "a list",
    "int": "a whole number",
    "iterable": "a list",
    "json": "JSON",
    "list": "a list",
    "mapping": "keys with values",
    "model": "keys with values",
    "none": "null",
    "set": "a list",
    "string": TEXT,
    "time": "a time such as 12:00:00",
    "timezone": "a time zone",
    "tuple": "a list",
    "url": "a URL",
    "uuid": "a UUID",
}
_BOUNDS = {
    "greater_than": "more than {gt:.12g}",
    "greater_than_equal": "at least {ge:.12g}",
    "less_than": "less than {lt:.12g}",
    "less_than_equal": "at most {le:.12g}",
    "multiple_of": "a multiple of {multiple_of:.12g}",
    "string_pattern_mismatch": "text that matches {pattern}",
    "string_too_long": "text of {max_length} or fewer characters",
    "string_too_short": "text of {min_length} or more characters",
    "time_delta_parsing": "a duration",
    "time_delta_type": "a duration",
    "too_long": "{max_length} items at most",
    "too_short": "{min_length} or more items",
    "union_tag_invalid": "one of {expected_tags}",
}
_ALL = frozenset(get_args(ErrorType))


def expected_of(details: Mapping[str, Any]) -> str:
    """Say what one of pydantic's errors expected.

    >>> expected_of({"type": "int_parsing", "msg": "Input should be a valid integer, unable to …"})
    'a whole number'
    """
    kind, context = details["type"], details.get("ctx", {})
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    if kind in {"literal_error", "enum"}:
        choices = choices_of(details)
        return f"one of {', '.join(choices)}" if choices[1:] else choices[0]
    if kind in {"value_error", "assertion_error"}:
        return str(context["error"])
    if kind not in _ALL:  # raised by a validator of ours
        return str(details["msg"])
    return _KINDS.get(kind.partition("_")[0], "another value")


def choices_of(details: Mapping[str, Any]) -> list[str]:
    """Return the values of a literal or an enum, which pydantic tells as `'a', 'b' or 'c'`."""
    listed = details["ctx"]["expected"]
    return re.findall(r"'([^']*)'", listed) or re.split(r", | or ", listed)
