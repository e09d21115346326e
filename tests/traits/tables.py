"""The tables of all traits and measures: each is the TABLE of a test file of that name."""

from __future__ import annotations

from importlib import import_module

from pytest_qwen.traits.registry import traits
from tests.traits.table import Number, Row

TABLES: dict[str, list[Row]] = {}
NUMBERS: dict[str, list[Number]] = {}
"""Those of measures."""
EQUIVALENT: dict[str, dict[str, str]] = {}
"""Mutants that behave like the original, by trait or measure, with the reason."""

for name, trait in sorted(traits().items()):
    room = "measures" if trait.measure else "builtin"
    try:
        examples = import_module(f"tests.traits.{room}.test_{name}")
    except ModuleNotFoundError:
        continue  # test_every_… of tables and measures name what has no examples
    (NUMBERS if trait.measure else TABLES)[name] = examples.TABLE
    EQUIVALENT[name] = getattr(examples, "EQUIVALENT", {})
