"""What an engine is: something that answers requests, found by its name, and what it promises.

A family file says which engine answers a role (`engine: local`). Another distribution brings one
through the entry point group `pytest_qwen.engines`; the entry's value is a class like `Engine`.

engine = Engine(binding, family)           cheap: weights stay on the disk, no server is called
engine.identity, engine.capabilities       what store and record name replies by; what it promises
engine.generate(place, options)            a Generation: requests in, replies out as they end
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pytest_qwen.model_io.reply import Reply

if TYPE_CHECKING:  # the controller of workers needs no specs
    from pytest_qwen.family.family import Binding, Family
    from pytest_qwen.messages.reason import Reason
    from pytest_qwen.model_io.request import Request
    from pytest_qwen.model_io.sampling import Sampling
    from pytest_qwen.model_io.vocabulary import Capability


class EngineError(Exception):
    """An engine that cannot answer. Its text says why and what to do."""


class NoRoom(EngineError):
    """An engine that finds no memory beside others."""


CHANGED = (
    "expected the files that this run began with, got others: run again when nothing writes there"
)
"""What is said of a checkpoint that was replaced: its replies would be kept under another's key."""


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


@dataclass(frozen=True)
class Identity:
    """What replies of an engine are named by in store and record, known before any is made.

    Args:
        engine: its name.
        version: raised when the same request gives another text than before.
        fingerprint: identifies the model, with all files that a text depends on.
        environment: where texts are computed and by what, in words that a person reads.
        template: identifies the chat template, None without one; `fingerprint` covers it.
    """

    engine: str
    version: int
    fingerprint: str
    environment: str
    template: str | None = None


class Failure(NamedTuple):
    """A request that could not be answered, and why; `of_store` where its reply was not kept."""

    key: str
    message: str
    of_store: bool = False


Outcome = Reply | Failure


def key_of(outcome: Outcome) -> str:
    """Return the key of the request that an outcome answers."""
    return outcome.key if isinstance(outcome, Failure) else outcome.request_key


class Generation(Protocol):
    """What answers requests, many at once, as long as it is held.

    Requests are put in line and worked on in steps, not handed over as one list: tests ask one
    after the other, a plan fills up the batches behind them, and between two steps a generator
    process listens to all workers. Requests are complete: nothing in their sampling is left out,
    and they carry their keys.
    """

    @property
    def tokens(self) -> int:
        """How many tokens were drawn so far."""
        ...

    @property
    def left(self) -> int:
        """How many requests have no outcome yet."""
        ...

    @property
    def notes(self) -> Sequence[Reason]:
        """What serves and why; replies keep the codes as their `lane`, as `a+b`."""
        ...

    def submit(self, requests: Sequence[Request], *, first: bool = False) -> None:
        """Put requests in line; `first` before those that wait already."""
        ...

    def step(self) -> list[Outcome]:
        """Work for a while and return what ended; nothing where nothing waits.

        Raises:
            KeyboardInterrupt: whoever asks again finds all requests in line.
        """
        ...


class Engine(Protocol):
    """What answers the requests of one role.

    A class that answers from the files of a checkpoint has `reads_checkpoint = True`; then
    `preflight` and `validate` look at them.
    """

    def __init__(self, binding: Binding, family: Family) -> None: ...

    @property
    def identity(self) -> Identity:
        """What its replies are named by; equal ones share a generation.

        Raises:
            CheckpointError: the role cannot be used.
        """
        ...

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it promises. Traits that need more give no verdict, see `Reply.lacks`."""
        ...

    @property
    def sampling(self) -> Sampling:
        """The parameters that the model recommends, below those of family and behavior.

        Raises:
            CheckpointError: they cannot be read.
        """
        ...

    @property
    def places(self) -> Sequence[str]:
        """Where it can generate, at the same time: each has a process where pytest has workers."""
        ...

    def describe(self) -> str:
        """Say in a line where and from what it answers.

        Raises:
            CheckpointError: the role cannot be used.
        """
        ...

    def generate(self, place: str, options: Options, *, alone: bool) -> Generation:
        """Load what is needed and begin to generate; `alone` says that nothing else is loaded.

        Raises:
            CheckpointError: the role cannot be used.
            EngineError: it cannot be loaded; `NoRoom` if it could alone.
        """
        ...
