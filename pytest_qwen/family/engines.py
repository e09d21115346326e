"""Engines by name: `local`, and those that other distributions bring.

[project.entry-points."pytest_qwen.engines"]
acme = "acme_engine:AcmeEngine"                 a class like `pytest_qwen.engine.Engine`

The name stands in a family file under `engine`, for all roles or for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

GROUP = "pytest_qwen.engines"

_LOCAL = EntryPoint("local", "pytest_qwen.engine.local.engine:LocalEngine", GROUP)


@cache
def engines() -> Mapping[str, EntryPoint]:
    """Return what loads each engine, by name; nothing is loaded yet."""
    return {**{point.name: point for point in entry_points(group=GROUP)}, _LOCAL.name: _LOCAL}
