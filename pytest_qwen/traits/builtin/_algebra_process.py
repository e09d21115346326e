r"""Compares formulas in a bounded process: what a model wrote may take for ever to work out.

    ["2\\sqrt{3}", "\\sqrt{12}"]  ──▶  true, false, or null where the first cannot be read

Run by `BoundedProcess`; it imports nothing of the package. SymPy draws random numbers to compare:
always the same.
"""

from __future__ import annotations

import logging


def prepare() -> None:
    """Import what takes a second, before time is counted."""
    import math_verify  # noqa: F401

    logging.disable()


def answer(formulas: list[str]) -> bool | None:
    """Say whether two formulas in LaTeX have the same value."""
    from math_verify import LatexExtractionConfig, parse, verify
    from sympy.core.random import seed

    seed(0)
    # LaTeX only: what Math-Verify calls expressions, SymPy reads by running them as Python.
    config = [LatexExtractionConfig()]
    expected, given = (
        parse(f"${formula}$", config, "no_fallback", parsing_timeout=0) for formula in formulas
    )
    return bool(verify(expected, given, timeout_seconds=0)) if expected else None
