"""A worker's way to the generator process: ask over a Unix socket, wait for one's own replies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any

from pytest_qwen.core.plan import Request
from pytest_qwen.core.reply import Reply, Role
from pytest_qwen.engine import Failure, Outcome, key_of
from pytest_qwen.engine.wire import receive, send


class RemoteGenerator:
    """The generator processes of a run; one that died is asked again once it is back.

    Args:
        control: the socket where the controller tells which socket is a device's.
        opens: what a process is told to open, as plain data.
        devices: the device of each role.
        planned: gives what this run will ask, in order.
    """

    def __init__(
        self,
        control: Path,
        opens: Mapping[str, Any],
        devices: Mapping[Role, str],
        planned: Callable[[], Iterable[Request]],
    ) -> None:
        self._control, self._opens, self._planned = control, opens, planned
        self._devices = devices
        self._sockets: dict[str, Path] = {}
        self._connections: dict[str, Connection] = {}

    def answers(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        """Yield the outcome of every request as soon as it is there, in any order."""
        for device in dict.fromkeys(self._devices[r.role] for r in requests):
            missing = {r.key: r for r in requests if self._devices[r.role] == device}
            while missing:
                try:
                    for outcome in self._asked(device, list(missing.values())):
                        del missing[key_of(outcome)]
                        yield outcome
                except (EOFError, OSError):
                    self._connections.pop(device, None)
                    if not self._sockets[device].exists():  # the controller has given it up
                        said = f"the generator process died again and again: {self._why(device)}"
                        yield from (Failure(key, said) for key in missing)
                        missing = {}

    def _asked(self, device: str, requests: Sequence[Request]) -> Iterator[Outcome]:
        connection = self._connections.get(device) or self._connect(device)
        send(connection, {"ask": [request.to_json() for request in requests]})
        for _ in requests:
            said = receive(connection)
            if "failure" in said:
                yield Failure(*said["failure"])
            else:
                yield Reply.from_json(said["reply"])

    def _connect(self, device: str) -> Connection:
        if device not in self._sockets:
            with Client(str(self._control), "AF_UNIX") as control:
                send(control, {"device": device, "opens": self._opens})
                self._sockets[device] = Path(receive(control)["socket"])
        connection: Connection = Client(str(self._sockets[device]), "AF_UNIX")
        if receive(connection)["plan"]:
            mine = [r.to_json() for r in self._planned() if self._devices[r.role] == device]
            send(connection, {"plan": mine})
        self._connections[device] = connection
        return connection

    def _why(self, device: str) -> str:
        """Return the last line that the process left in its log."""
        log = self._sockets[device].with_suffix(".log")
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return (text.strip() or "it said nothing").splitlines()[-1]

    def close(self) -> None:
        """Hang up."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()
