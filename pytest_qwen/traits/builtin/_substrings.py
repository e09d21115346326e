"""Texts looked for in a text, shared by the traits that look for some."""

from __future__ import annotations

import re


def find_each(
    substrings: list[str], text: str, ignore_case: bool
) -> dict[str, re.Match[str] | None]:
    """Return where each substring stands first, by substring; None where it does not."""
    case = re.IGNORECASE if ignore_case else re.NOFLAG
    return {s: re.search(re.escape(s), text, case) for s in substrings}


def check_substrings(substrings: str | list[str], **_: object) -> None:
    """Refuse nothing to look for, which would be in every text, or in none."""
    if not substrings or "" in ([substrings] if isinstance(substrings, str) else substrings):
        raise ValueError("some text to look for")
