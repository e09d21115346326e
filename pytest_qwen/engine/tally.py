"""How far a generator is with a role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass
class Tally:
    """Replies that are there and that are left, the tokens drawn, and the seconds it took."""

    done: int = 0
    left: int = 0
    tokens: int = 0
    seconds: float = 0.0


Tell = Callable[[Mapping[str, Tally]], None]
"""What is told now and then how far each role is."""

EVERY = 0.5
"""Seconds from one time to the next."""
