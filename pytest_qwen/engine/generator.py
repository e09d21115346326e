"""The generator: answers what is asked for, and works ahead on what is planned.

Where tests run in one process it is an object of that process. With `-n` it is a process of its own
(see host.py, server.py and client.py), so that weights are loaded once and batches are large.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from pytest_qwen.engine import EngineError, Failure, Generation, NoRoom, Outcome, key_of
from pytest_qwen.engine.store import Store
from pytest_qwen.engine.tally import EVERY, Tally, Tell
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.model_io.reply import Finish, Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.vocabulary import Role

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


class Engines(Protocol):
    """What opens engines; `models.Models` is one."""

    def generation(self, role: Role) -> Generation:
        """Return what generates a role's replies; roles of one identity share it.

        Raises:
            CheckpointError: the role cannot be used.
            EngineError: it cannot be loaded; `NoRoom` if it could without the others.
        """
        ...

    def release(self) -> None:
        """Let go of all of them."""
        ...


class LocalGenerator:
    """A generator in this process: engines are opened when they are first asked.

    Where they do not fit into memory together, one works through its whole plan and makes room.

    Args:
        models: opens them.
        store: keeps each reply as it comes, also those that nobody waits for yet.
        tell: is told now and then how far each role is.
    """

    def __init__(
        self,
        models: Engines,
        store: Store | None = None,
        tell: Tell | None = None,
    ) -> None:
        self._models, self._store, self._tell = models, store, tell
        self._due = time.monotonic() + EVERY
        self._tallies: dict[str, Tally] = {}
        self._roles: dict[str, Role] = {}  # by key, of what has no outcome yet
        self._engines: dict[Role, Generation | str] = {}  # or why there is none
        self._planned: dict[Role, dict[str, Request]] = {}
        self._early: dict[str, Outcome] = {}
        self._uses: Counter[str] = Counter()  # how often a planned one will still be asked for
        self._aside: list[Outcome] = []  # what came while room was made for an engine

    def plan(self, requests: Iterable[Request]) -> None:
        """Say what will be asked, in order: it fills the batches of what is asked now.

        What will be asked for more than once is there as often.
        """
        for request in requests:
            self._uses[request.key] += 1
            self._planned.setdefault(request.role, {})[request.key] = request
            self._roles[request.key] = request.role
        for role, planned in self._planned.items():
            self._tallies[role] = Tally(left=len(planned))

    def ask(self, requests: Sequence[Request]) -> list[Outcome]:
        """Put requests before all others; return outcomes that are there, of any request."""
        asked = {request.key: request for request in requests}
        known: dict[str, Outcome] = {}
        if self._store:  # others may have asked before
            known.update(self._store.get(asked))
        known |= {key: self._early[key] for key in asked if key in self._early}
        missing = [request for key, request in asked.items() if key not in known]
        for role in dict.fromkeys(request.role for request in missing):
            mine = [request for request in missing if request.role == role]
            if failed := self._submit(role, mine):
                known |= {request.key: Failure(request.key, failed) for request in mine}
        aside, self._aside = self._aside, []
        return [*known.values(), *aside]

    def _submit(self, role: Role, mine: Sequence[Request]) -> str:
        """Put requests of a role before all others; return why they cannot be answered, or ""."""
        engine = self._engine(role)
        if isinstance(engine, str):
            return engine
        self._roles |= {request.key: role for request in mine}
        engine.submit(mine, first=True)
        engine.submit(list(self._planned.pop(role, {}).values()))
        return ""

    def step(self, role: Role) -> list[Outcome]:
        """Let a role's engine work for a while, and return what ended.

        What nobody waits for stays here until it is asked, in the store where there is one.
        """
        engine = self._engine(role)
        outcomes = [] if isinstance(engine, str) else self._worked(role, engine)
        self._early |= {key_of(outcome): outcome for outcome in outcomes}
        lasting = [o for o in outcomes if isinstance(o, Reply) and o.finish in LASTING]
        if self._store and lasting:
            self._store.put(lasting)
            for reply in lasting:
                del self._early[reply.request_key]
        return outcomes

    def _worked(self, role: Role, engine: Generation) -> list[Outcome]:
        """Let an engine work for a while, and tell how far it is."""
        start, before = time.monotonic(), engine.tokens
        outcomes = engine.step()
        tally = self._tallies.setdefault(role, Tally())
        tally.seconds += time.monotonic() - start
        tally.tokens += engine.tokens - before
        for outcome in outcomes:  # an engine may serve two roles
            its = self._tallies.setdefault(self._roles.pop(key_of(outcome), role), Tally())
            its.done += 1
            its.left = max(0, its.left - 1)
        if self._tell and time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY
            self._tell(self._tallies)
        return outcomes

    def took(self, outcome: Outcome) -> None:
        """Say that an outcome has come to all who wait for it.

        Where no store has it, a reply stays while the plan says that others will ask for it.
        """
        key = key_of(outcome)
        self._uses[key] -= 1
        lasts = isinstance(outcome, Reply) and outcome.finish in LASTING
        if self._store or not lasts or self._uses[key] < 1:
            self._early.pop(key, None)

    def answers(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        """Yield the outcome of every request as soon as it is there, in any order."""
        waiting = {request.key: request.role for request in requests}
        outcomes = self.ask(requests)
        while True:
            for outcome in outcomes:
                if waiting.pop(key_of(outcome), None):
                    self.took(outcome)
                    yield outcome
            if not waiting:
                return
            outcomes = self.step(next(iter(waiting.values())))

    def _engine(self, role: Role) -> Generation | str:
        """Return a role's engine, or why there is none; neither is tried twice."""
        if role not in self._engines:
            try:
                self._engines[role] = self._opened(role)
            except (CheckpointError, EngineError) as error:
                self._engines[role] = str(error)
        return self._engines[role]

    def _opened(self, role: Role) -> Generation:
        try:
            return self._models.generation(role)
        except NoRoom:
            pass
        for other in list(self._engines):
            while self._left(other):
                self._aside += self.step(other)
        self.close()  # nothing here holds an engine any more: its memory is free
        return self._models.generation(role)

    def _left(self, role: Role) -> int:
        engine = self._engines[role]
        return 0 if isinstance(engine, str) else engine.left

    def close(self) -> None:
        """Let go of the engines; why there is none stays known."""
        self._engines = {role: one for role, one in self._engines.items() if isinstance(one, str)}
        self._models.release()
