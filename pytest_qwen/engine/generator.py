"""The generator: answers what is asked for, and works ahead on what is planned.

Where tests run in one process it is an object of that process. With `-n` it is a process of its own
(see host.py, server.py and client.py), so that weights are loaded once and batches are large.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from pytest_qwen.engine import EngineError, Failure, Generation, NoRoom, Outcome, key_of
from pytest_qwen.engine.jobs import Job, Waiter, lasts
from pytest_qwen.engine.store import Store
from pytest_qwen.engine.tally import EVERY, Tally, Tell
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.vocabulary import Role


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

    def engine_name(self, role: Role) -> str:
        """Return the name of the engine that answers a role."""
        ...

    def release(self) -> None:
        """Let go of all of them."""
        ...


class LocalGenerator:
    """A generator in this process: what answers a role is opened when it is first asked.

    Where two do not fit into memory together, one works through its whole plan and makes room.

    Args:
        models: opens what answers.
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
        self._generations: dict[Role, Generation | str] = {}  # or why there is none
        self._jobs: dict[str, Job] = {}  # by key
        self._planned: dict[Role, list[Job]] = {}  # those that are not in line yet
        self._asked: dict[str, Job] = {}  # those with waiters: who asked first is served first

    @property
    def is_asked(self) -> bool:
        """Whether anyone waits for an outcome."""
        return bool(self._asked)

    def plan(self, requests: Iterable[Request]) -> None:
        """Say what will be asked, in order: it fills the batches of what is asked now.

        What will be asked for more than once is there as often.
        """
        for request in requests:
            if request.key not in self._jobs:
                self._jobs[request.key] = Job(request)
                self._planned.setdefault(request.role, []).append(self._jobs[request.key])
            self._jobs[request.key].uses += 1
        for role, planned in self._planned.items():
            self._tallies[role] = Tally(left=len(planned))

    def ask(self, requests: Sequence[Request], waiter: Waiter) -> None:
        """Put requests before all others; the waiter is called with the outcome of each.

        Raises:
            StoreError: the store cannot be read or written.
        """
        asked = {request.key: request for request in requests}
        known = dict(self._store.get(asked)) if self._store else {}  # others may have asked before
        missing: dict[Role, list[Job]] = {}
        for key, request in asked.items():
            job = self._asked[key] = self._jobs.setdefault(key, Job(request))
            job.waiters.append(waiter)
            if outcome := known.get(key) or job.outcome:
                self._end(job, outcome)
            else:
                missing.setdefault(request.role, []).append(job)
        for role, jobs in missing.items():
            self._submit(role, jobs)

    def _submit(self, role: Role, jobs: Sequence[Job]) -> None:
        """Put jobs of a role before all others, and what is planned behind them."""
        generation = self._generation(role)
        if isinstance(generation, str):
            for job in jobs:
                self._end(job, Failure(job.request.key, generation))
            return
        generation.submit([job.request for job in jobs], first=True)
        generation.submit([job.request for job in self._planned.pop(role, ())])

    def work(self) -> None:
        """Work for a while on what was asked first, and hand out what ended.

        Raises:
            StoreError: the store cannot be written.
        """
        self._step(next(iter(self._asked.values())).request.role)

    def _step(self, role: Role) -> None:
        """Let what answers a role work for a while.

        What nobody waits for stays here until it is asked, in the store where there is one.
        """
        generation = self._generation(role)
        outcomes = [] if isinstance(generation, str) else self._worked(role, generation)
        ended = [(job, outcome) for outcome in outcomes if (job := self._jobs.get(key_of(outcome)))]
        for job, outcome in ended:
            job.outcome = outcome
        if self._store:
            self._store.put([outcome for outcome in outcomes if lasts(outcome)])
        for job, outcome in ended:
            self._end(job, outcome)

    def _worked(self, role: Role, generation: Generation) -> list[Outcome]:
        """Let a generation work for a while, and tell how far it is."""
        start, before = time.monotonic(), generation.tokens
        try:
            outcomes = generation.step()
        except Exception as error:  # noqa: BLE001 - an engine runs any code
            self._break(role, error)
            return []
        tally = self._tallies.setdefault(role, Tally())
        tally.seconds += time.monotonic() - start
        tally.tokens += generation.tokens - before
        for outcome in outcomes:  # one generation may serve two roles
            job = self._jobs.get(key_of(outcome))
            its = self._tallies.setdefault(job.request.role if job else role, Tally())
            its.done += 1
            its.left = max(0, its.left - 1)
        if self._tell and time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY
            self._tell(self._tallies)
        return outcomes

    def _end(self, job: Job, outcome: Outcome) -> None:
        """Hand an outcome to all who wait for it.

        Where no store has it, a reply stays while the plan says that others will ask for it.
        """
        key, waiters, job.waiters = job.request.key, job.waiters, []
        self._asked.pop(key, None)
        job.uses -= len(waiters)
        kept = self._store is not None and lasts(outcome)
        if kept or (waiters and (job.uses < 1 or not lasts(outcome))):
            self._jobs.pop(key, None)
        else:
            job.outcome = outcome
        for waiter in waiters:
            waiter(outcome)

    def forget(self, waiter: Waiter) -> None:
        """Forget a waiter, and what only it has waited for."""
        for key, job in list(self._asked.items()):
            job.waiters = [other for other in job.waiters if other != waiter]
            if not job.waiters:
                del self._asked[key]

    def fail(self, message: str) -> None:
        """Tell all who wait that the store failed."""
        for key, job in list(self._asked.items()):
            self._end(job, Failure(key, message, of_store=True))

    def answers(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        """Yield the outcome of every request as soon as it is there, in any order."""
        outcomes: deque[Outcome] = deque()
        waiter, left = outcomes.append, len({request.key for request in requests})
        try:
            self.ask(requests, waiter)
            while left:
                while outcomes:
                    left -= 1
                    yield outcomes.popleft()
                if left:
                    self.work()
        finally:  # also where who asked is interrupted
            self.forget(waiter)

    def _generation(self, role: Role) -> Generation | str:
        """Return what answers a role, or why nothing does; neither is tried twice."""
        if role not in self._generations:
            try:
                self._generations[role] = self._opened(role)
            except Exception as error:  # noqa: BLE001 - an engine runs any code
                self._generations[role] = self._why(role, error)
        return self._generations[role]

    def _why(self, role: Role, error: Exception) -> str:
        """Say why nothing answers a role, and whose failure it is where that was not foreseen."""
        if isinstance(error, CheckpointError | EngineError):
            return str(error)
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return f"engine {self._models.engine_name(role)} failed: {text}"

    def _break(self, role: Role, error: Exception) -> None:
        """Give up what answered a role, and the roles that share it; tell all who wait for them."""
        broken, message = self._generations[role], self._why(role, error)
        for other, generation in self._generations.items():
            if generation is broken:
                self._generations[other] = message
        for key, job in list(self._asked.items()):
            if self._generations.get(job.request.role) == message:
                self._end(job, Failure(key, message))

    def _opened(self, role: Role) -> Generation:
        try:
            return self._models.generation(role)
        except NoRoom:
            pass
        for other in list(self._generations):
            while self._left(other):
                self._step(other)
        self.close()  # nothing here holds a generation any more: its memory is free
        return self._models.generation(role)

    def _left(self, role: Role) -> int:
        generation = self._generations[role]
        return 0 if isinstance(generation, str) else generation.left

    def close(self) -> None:
        """Let go of what answers; why nothing does stays known."""
        failed = {role: why for role, why in self._generations.items() if isinstance(why, str)}
        self._generations = dict(failed)
        self._models.release()
