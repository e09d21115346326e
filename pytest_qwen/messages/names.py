"""Names that people type: find the nearest known one, quote what they wrote."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable


def nearest(name: object, known: Iterable[str]) -> str:
    """Return `"did you mean 'x'?"`, or the known names where none is near, "" without any."""
    names = sorted(known)
    if not names:
        return ""
    close = closest(name, names)
    return f"use one of {', '.join(names)}" if close is None else f"did you mean {close!r}?"


def closest(name: object, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant, None where none is near."""
    close = difflib.get_close_matches(str(name), sorted(known), n=1, cutoff=0.5)
    return close[0] if close else None


def repeated(names: Iterable[Hashable]) -> list[int]:
    """Return where names stand that stand before, too.

    >>> repeated(["a", "b", "a"])
    [2]
    """
    seen: set[Hashable] = set()
    places = []
    for place, name in enumerate(names):
        if name in seen:
            places.append(place)
        seen.add(name)
    return places


def shorten(text: str, limit: int = 80) -> str:
    """Return `text` quoted in one line of at most about `limit` characters, both ends kept."""
    return repr(shortened(text, limit))


def shortened(text: str, limit: int = 80) -> str:
    """Return `text` in at most about `limit` characters, both ends kept."""
    return text if len(text) <= limit else f"{text[: limit * 2 // 3]}…{text[-limit // 3 :]}"
