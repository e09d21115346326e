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
    sums: dict[str, Tally] = {}
    for tallies in devices:
        for role, tally in tallies.items():
            known = sums.get(role, Tally())
            sums[role] = Tally(
                known.done + tally.done,
                known.left + tally.left,
                known.tokens + tally.tokens,
                max(known.seconds, tally.seconds),
            )
    return sums


Tell = Callable[[Mapping[str, Tally]], None]
"""What is told now and then how far each role is."""

EVERY = 0.5
"""Seconds from one time to the next."""
