"""Values of a record as they stand in YAML, about."""

from __future__ import annotations

from typing import Any


def yaml_text(value: Any) -> str:
    """Return a trait's arguments, or options, in a line.

    >>> yaml_text({"any": ["finish", {"regex": "x"}]})
    '{any: [finish, {regex: x}]}'
    >>> yaml_text(True)
    'true'
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case dict():
            pairs = (f"{key}: {yaml_text(inner)}" for key, inner in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list():
            return "[" + ", ".join(map(yaml_text, value)) + "]"
        case _:
            return str(value)
