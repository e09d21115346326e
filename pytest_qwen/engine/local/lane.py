"""A lane: a way to answer rows in batches. There are two, and they keep one promise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pytest_qwen.engine.local.row import Row


class Lane(Protocol):
    """What makes rows end. A row's tokens never depend on the rows beside it."""

    @property
    def rows(self) -> Sequence[Row]:
        """The rows that are in, between two steps."""
        ...

    def step(self, waiting: dict[str, Row]) -> list[Row]:
        """Take rows that wait, the first ones first, work for a while, and return those that ended.

        Raises:
            Exception: torch's, or the model's own; the rows that are in must be abandoned.
        """
        ...

    def resize(self, rows: int) -> None:
        """Take so many rows at most from now on, when none is in."""
        ...

    def abandon(self) -> None:
        """Give up all rows that are in."""
        ...
