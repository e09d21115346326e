"""What a check of a record is called, and which traits are in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pytest_qwen.model_io.vocabulary import How

_DEEPEST = 20
"""Combinations in combinations that are looked into: a record may hold anything."""


def called(name: str, args: Any, deep: int = 0) -> str:
    """Return a check's name without arguments; a combination is named by what it holds.

    >>> called("not", "continuation_loop"), called("any", [{"regex": "x"}, {"not": {"json": None}}])
    ('not continuation_loop', 'any of (regex, not json)')
    """
    inside = [called(*part, deep + 1) for part in _parts(name, args, deep)]
    if not inside:
        return name
    return f"not {inside[0]}" if name == "not" else f"{name} of ({', '.join(inside)})"


def traits_inside(name: str, args: Any, deep: int = 0) -> Iterator[str]:
    """Yield the names of the traits in a check, in their order.

    >>> list(traits_inside("any", [{"regex": "x"}, {"not": {"json": None}}]))
    ['regex', 'json']
    """
    parts = list(_parts(name, args, deep))
    for part in parts:
        yield from traits_inside(*part, deep + 1)
    if not parts:
        yield name


def _parts(name: str, args: Any, deep: int) -> Iterator[tuple[str, Any]]:
    """Yield name and arguments of what a combination combines, nothing for a trait."""
    if name not in get_args(How) or deep >= _DEEPEST:
        return
    for part in args if isinstance(args, list) else [args]:
        if isinstance(part, dict):
            yield from [(key, part[key]) for key in part if key != "of"][:1]
        elif isinstance(part, str):
            yield part, None
