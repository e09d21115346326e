"""The generator: answers what is asked for, and works ahead on what is planned.

Where tests run in one process it is an object of that process. With `-n` it is a process of its own
(see host.py, server.py and client.py), so that weights are loaded once and batches are large.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from pytest_qwen.core.plan import Request
from pytest_qwen.core.reply import Finish, Reply, Role
from pytest_qwen.engine import Engine, EngineError, Failure, Outcome, key_of
from pytest_qwen.engine.store import Store
from pytest_qwen.family.checkpoint import CheckpointError

LASTING = {Finish.STOP, Finish.LENGTH, Finish.NAN}
"""Ends that a request would come to again: the others are the machine's and are not kept."""


class Generator(Protocol):
    """What answers complete requests."""

    def answers(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        """Yield the outcome of every request as soon as it is there, in any order."""
        ...

    def close(self) -> None:
        """Let go of what was opened."""
        ...


class LocalGenerator:
    """A generator in this process: engines are opened when they are first asked.

    Args:
        open_engine: gives a role's engine; roles that share a checkpoint share it.
        store: keeps each reply as it comes, also those that nobody waits for yet.
    """

    def __init__(self, open_engine: Callable[[Role], Engine], store: Store | None = None) -> None:
        self._open, self._store = open_engine, store
        self._engines: dict[Role, Engine] = {}
        self._planned: dict[Role, dict[str, Request]] = {}
        self._asked: dict[str, Role] = {}
        self._early: dict[str, Outcome] = {}

    def plan(self, requests: Iterable[Request]) -> None:
        """Say what will be asked, in order: it fills the batches of what is asked now."""
        for request in requests:
            self._planned.setdefault(request.role, {})[request.key] = request

    def ask(self, requests: Sequence[Request]) -> None:
        """Put requests before all others."""
        for role in dict.fromkeys(request.role for request in requests):
            mine = {r.key: r for r in requests if r.role == role}
            self._asked.update(dict.fromkeys(mine, role))
            if self._store:  # another worker may have asked for it since this one looked
                self._early.update(self._store.get(mine))
            mine = {key: r for key, r in mine.items() if key not in self._early}
            try:
                engine = self._engines.get(role) or self._open(role)
            except (CheckpointError, EngineError) as error:
                self._early.update((key, Failure(key, str(error))) for key in mine)
                continue
            self._engines[role] = engine
            engine.submit(list(mine.values()), first=True)
            engine.submit(list(self._planned.pop(role, {}).values()))

    @property
    def busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return bool(self._asked)

    def step(self) -> list[Outcome]:
        """Work for a while; return outcomes that somebody waits for."""
        if not self._asked:
            return []
        ready = [self._early.pop(key) for key in list(self._asked) if key in self._early]
        if not ready:
            role = next(iter(self._asked.values()))  # who asked first is served first
            ready = self._wanted(self._engines[role].step())
        for outcome in ready:
            self._asked.pop(key_of(outcome), None)
        return ready

    def _wanted(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Keep outcomes, and return those that somebody waits for."""
        lasting = [o for o in outcomes if isinstance(o, Reply) and o.finish in LASTING]
        if self._store and lasting:
            self._store.put(lasting)
        stored = {reply.request_key for reply in lasting} if self._store else set()
        wanted = []
        for outcome in outcomes:
            key = key_of(outcome)
            if key in self._asked:
                wanted.append(outcome)
            elif key not in stored:
                self._early[key] = outcome
        return wanted

    def answers(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        """Yield the outcome of every request as soon as it is there, in any order."""
        missing = {request.key for request in requests}
        self.ask(requests)
        while missing:
            for outcome in self.step():
                missing.discard(key_of(outcome))
                yield outcome

    def close(self) -> None:
        """Let go of the engines."""
        self._engines.clear()
