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

DEFAULT = "local"
"""The engine of a family whose file names none."""

_OWN = EntryPoint(DEFAULT, "pytest_qwen.engine.local.engine:LocalEngine", GROUP)


@cache
def engines() -> Mapping[str, EntryPoint]:
    """Return what loads each engine, by name; nothing is loaded yet."""
    return {**{point.name: point for point in entry_points(group=GROUP)}, _OWN.name: _OWN}


def reads_checkpoint(name: str) -> bool:
    """Say whether an engine answers from the files of a checkpoint, which can then be looked at."""
    try:
        return bool(getattr(engines()[name].load(), "reads_checkpoint", False))
    except Exception:  # noqa: BLE001 - importing runs any code; who asks the engine is told
        return False
