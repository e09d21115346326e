"""How many: `exactly`, `at_least` and `at_most`, shared by the traits that count."""

from __future__ import annotations

from typing import Any


def within(
    count: int, exactly: int | None, at_least: int | None = None, at_most: int | None = None
) -> bool:
    """Say whether a count keeps the bounds that are given.

    >>> within(3, None, at_least=2), within(3, exactly=2)
    (True, False)
    """
    if exactly is not None and count != exactly:
        return False
    return (at_least is None or count >= at_least) and (at_most is None or count <= at_most)


def check_bounds(
    exactly: int | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
    **_: Any,
) -> None:
    """Refuse a count without bounds, which would pass anything, and bounds that nothing keeps."""
    given = [bound for bound in (exactly, at_least, at_most) if bound is not None]
    if not given:
        raise ValueError("exactly, at_least or at_most")
    if min(given) < 0:
        raise ValueError("bounds from 0 up")
    if exactly is not None and len(given) > 1:
        raise ValueError("exactly or other bounds, not both")
    if at_least is not None and at_most is not None and at_least > at_most:
        raise ValueError("at_least no greater than at_most")
