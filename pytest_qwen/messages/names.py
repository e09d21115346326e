"""Names that people type: find the nearest known one, quote what they wrote."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: object, known: Iterable[str]) -> str:
    """Return `"did you mean 'x'?"`, or the known names where none is near, "" without any."""
    names = sorted(known)
    if not names:
        return ""
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(names)}"


def shorten(text: str, limit: int = 80) -> str:
    """Return `text` quoted in one line of at most about `limit` characters, both ends kept."""
    if len(text) > limit:
        text = f"{text[: limit * 2 // 3]}…{text[-limit // 3 :]}"
    return repr(text)
