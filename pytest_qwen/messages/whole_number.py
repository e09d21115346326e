"""Whole numbers that are typed as the value of an option."""

from __future__ import annotations

import argparse


def positive(text: str) -> int:
    """Return the number, more than 0: the `type` of an option.

    Raises:
        ArgumentTypeError: it is none; says what was expected.
    """
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a whole number, more than 0, got {text!r}")
