"""The version of a test in Python: a hash of its source."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from typing import Any


def source_hash(function: Callable[..., Any]) -> str:
    """Return 12 hex digits of a function's own source, decorators included; "" without a source.

    What the function calls does not count.
    """
    try:
        source = inspect.getsource(function)
    except OSError:
        return ""
    return hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:12]
