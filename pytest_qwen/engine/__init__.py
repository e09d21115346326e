"""Engines answer requests; the store remembers what they said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pytest_qwen.model_io.reply import Reply

if TYPE_CHECKING:  # the controller of workers needs no specs
    from pytest_qwen.model_io.request import Request


class EngineError(Exception):
    """An engine that cannot answer. Its text says why and what to do."""


class NoRoom(EngineError):
    """An engine that finds no memory beside others."""


@dataclass(frozen=True)
class Options:
    """How an engine generates.

    Args:
        rows: the most sequences in one batch; None is what memory allows.
        seconds: after which a reply that has begun ends as `timeout`.
        exact: keep every text apart from its neighbours; else be as fast as can be.
    """

    rows: int | None = None
    seconds: float = math.inf
    exact: bool = True


class Failure(NamedTuple):
    """A request that could not be answered, and why; `of_store` where its reply was not kept."""

    key: str
    message: str
    of_store: bool = False


Outcome = Reply | Failure


class Engine(Protocol):
    """What answers requests, many at once.

    A reply depends on its own request alone: not on the others it came with, nor on their order.
    Requests are complete: nothing in their sampling is left out, and they carry their keys.
    """

    @property
    def tokens(self) -> int:
        """How many tokens were drawn so far."""
        ...

    @property
    def left(self) -> int:
        """How many requests have no outcome yet."""
        ...

    def submit(self, requests: Sequence[Request], *, first: bool = False) -> None:
        """Put requests in line; `first` before those that wait already."""
        ...

    def step(self) -> list[Outcome]:
        """Work for a while and return what ended; nothing where nothing waits."""
        ...


def key_of(outcome: Outcome) -> str:
    """Return the key of the request that an outcome answers."""
    return outcome.key if isinstance(outcome, Failure) else outcome.request_key
