"""Hold Qwen-family models to their behavior: what tests and conftest files import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from pytest_qwen.model_io.reply import Finish, Reply, ThinkingState
    from pytest_qwen.record.reading import read_record
    from pytest_qwen.traits.registry import measure, trait
    from pytest_qwen.traits.verdict import Part, Verdict

    behavior: pytest.MarkDecorator

__all__ = [
    "Finish",
    "Part",
    "Reply",
    "ThinkingState",
    "Verdict",
    "behavior",
    "measure",
    "read_record",
    "trait",
]

_HOMES = {
    "measure": "pytest_qwen.traits.registry",
    "read_record": "pytest_qwen.record.reading",
    "trait": "pytest_qwen.traits.registry",
    "Part": "pytest_qwen.traits.verdict",
    "Verdict": "pytest_qwen.traits.verdict",
    "Finish": "pytest_qwen.model_io.reply",
    "Reply": "pytest_qwen.model_io.reply",
    "ThinkingState": "pytest_qwen.model_io.reply",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use: the plugin loads in projects that never ask."""
    if name == "behavior":
        import pytest

        return pytest.mark.behavior
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
