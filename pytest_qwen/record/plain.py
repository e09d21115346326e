"""Values as plain JSON data: a trait may leave anything in its evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum
from typing import Any


def plain(value: Any) -> Any:
    """Return a value as plain JSON data.

    What JSON does not have becomes text, not-a-number and infinity too, and lone surrogates are
    replaced, so that a record can always be sent, written and read.
    """
    match value:
        case Enum():
            return plain(value.value)
        case str():
            return str(value).encode("utf-8", "replace").decode()
        case bool() | None:
            return value
        case int():
            return int(value)
        case float() if math.isfinite(value):
            return float(value)
        case Mapping():
            return {plain(str(key)): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _:
            return str(value)
