"""Engines answer requests; the store remembers what they said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from pytest_qwen.core.plan import Request
from pytest_qwen.core.reply import Reply


class EngineError(Exception):
    """An engine that cannot answer. Its text says why and what to do."""


class Engine(Protocol):
    """What answers requests.

    A reply depends on its own request alone: not on the others it came with, nor on their order.
    """

    def generate(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """Yield the reply of every request as soon as it is there, in any order.

        Requests are complete: nothing in their sampling is left out, and they carry their keys.
        """
        ...
