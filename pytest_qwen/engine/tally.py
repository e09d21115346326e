"""How far a generator is with a role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass
class Tally:
    """Replies that are there and that are left, the tokens drawn, and the seconds it took."""

    done: int = 0
    left: int = 0
    tokens: int = 0
    seconds: float = 0.0


def together(devices: Iterable[Mapping[str, Tally]]) -> dict[str, Tally]:
    """Return how far the roles are that several devices work on at the same time."""
    found: dict[str, Tally] = {}
    for tallies in devices:
        for role, one in tallies.items():
            known = found.get(role, Tally())
            found[role] = Tally(
                known.done + one.done,
                known.left + one.left,
                known.tokens + one.tokens,
                max(known.seconds, one.seconds),
            )
    return found


Tell = Callable[[Mapping[str, Tally]], None]
"""What is told now and then how far each role is."""

EVERY = 0.5
"""Seconds from one time to the next."""
