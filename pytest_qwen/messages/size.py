"""Sizes as people read them."""

from __future__ import annotations


def readable(size: float) -> str:
    """Return a number of bytes in its unit.

    >>> readable(1536)
    '1.5 KiB'
    """
    if size < 1024:
        return f"{size:.0f} B"
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if size < 1024 or unit == "GiB":
            break
    return f"{size:,.1f} {unit}"
