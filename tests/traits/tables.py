"""The tables of all traits: each is the TABLE of `builtin/test_TRAIT.py`, beside what goes with it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from pytest_qwen.traits.registry import traits
from tests.traits.table import Row

TABLES: dict[str, list[Row]] = {}
EQUIVALENT: dict[str, dict[str, str]] = {}
"""Mutants that behave like the original, by trait, with the reason."""

for trait in sorted(traits()):
    if (Path(__file__).parent / "builtin" / f"test_{trait}.py").exists():
        examples = import_module(f"tests.traits.builtin.test_{trait}")
        TABLES[trait] = examples.TABLE
        EQUIVALENT[trait] = getattr(examples, "EQUIVALENT", {})
# Not divided yet
for path in sorted(Path(__file__).parent.glob("test_traits_*.py")):
    examples = import_module(f"tests.traits.{path.stem}")
    TABLES |= getattr(examples, "TABLES", {})
    EQUIVALENT |= getattr(examples, "EQUIVALENT", {})
