"""A worker's way to the generator process: ask over a Unix socket, wait for one's own replies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from multiprocessing.connection import Client, Connection, wait
from pathlib import Path
from typing import Any

from pytest_qwen.engine import Failure, Outcome, key_of
from pytest_qwen.engine.wire import receive, send
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.vocabulary import Role

PART = 100
"""Requests of the plan in one message: a message of all takes more memory than all else here."""


class RemoteGenerator:
    """The generator processes of a run; one that died is asked again once it is back.

    Args:
        control: the socket where the controller tells which socket is a device's.
        opens: what a process has to open, as plain data.
        places: gives those of a role, among which its requests are spread.
        planned: gives what this run will ask, in order.
    """

    def __init__(
        self,
        control: Path,
        opens: Mapping[str, Any],
        places: Callable[[Role], Sequence[str]],
        planned: Callable[[], Iterable[Request]],
    ) -> None:
        self._control, self._opens, self._planned = control, opens, planned
        self._places = places
        self._sockets: dict[str, Path] = {}
        self._connections: dict[str, Connection] = {}

    def answers(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        """Yield the outcome of every request as soon as it is there, in any order."""
        waiting: dict[str, dict[str, Request]] = {}
        for request in requests:
            waiting.setdefault(self._device(request), {})[request.key] = request
        # Whoever is interrupted here leaves replies behind: these lines are not used again.
        asked: dict[Connection, str] = {}
        while waiting:
            for device in waiting.keys() - asked.values():
                try:
                    asked[self._ask(device, list(waiting[device].values()))] = device
                except (EOFError, OSError):
                    yield from self._given_up(device, waiting)
            for connection in wait(list(asked)) if asked else ():
                assert isinstance(connection, Connection)
                device = asked[connection]
                try:
                    outcome = _outcome(receive(connection))
                except (EOFError, OSError):
                    del asked[connection]
                    yield from self._given_up(device, waiting)
                    continue
                if waiting[device].pop(key_of(outcome), None):
                    yield outcome
                if not waiting[device]:
                    del waiting[device], asked[connection]
                    self._connections[device] = connection

    def _ask(self, device: str, requests: Sequence[Request]) -> Connection:
        """Ask a device, and return the line where it answers."""
        connection = self._connections.pop(device, None) or self._connect(device)
        send(connection, {"ask": [request.to_json() for request in requests]})
        return connection

    def _given_up(self, device: str, waiting: dict[str, dict[str, Request]]) -> Iterator[Failure]:
        """Wait no longer for a device whose process will not come back, and say why."""
        socket = self._sockets.get(device, self._control)
        if not socket.exists():  # the controller has given it up, or is gone itself
            message = f"the generator process died again and again: {self._why(device)}"
            yield from (Failure(key, message) for key in waiting.pop(device))

    def _device(self, request: Request) -> str:
        """Return where a request is answered: its key alone says so, whoever asks."""
        places = self._places(request.role)
        return places[int(request.key[:8], 16) % len(places)]

    def _connect(self, device: str) -> Connection:
        if device not in self._sockets:
            with Client(str(self._control), "AF_UNIX") as control:
                send(control, {"device": device, "opens": {**self._opens, "device": device}})
                self._sockets[device] = Path(receive(control)["socket"])
        connection: Connection = Client(str(self._sockets[device]), "AF_UNIX")
        if receive(connection)["plan"]:
            mine = (r.to_json() for r in self._planned() if self._device(r) == device)
            while part := list(islice(mine, PART)):
                send(connection, {"plan": part})
            send(connection, {"plan": []})
        return connection

    def _why(self, device: str) -> str:
        """Return the last line that the process left in its log."""
        log = self._sockets.get(device, self._control).with_suffix(".log")
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return (text.strip() or "its log is empty").splitlines()[-1]

    def close(self) -> None:
        """Hang up."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()


def _outcome(message: dict[str, Any]) -> Outcome:
    failed = "failure" in message
    return Failure(*message["failure"]) if failed else Reply.from_json(message["reply"])
