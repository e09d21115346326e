"""The generator process: holds the models of one device and answers all workers.

    python -P -m pytest_qwen.engine.server LISTENER < pipe

LISTENER is the descriptor of a listening socket. The first line on standard input says what to
open; that it ends means that the controller is gone, and with it the reason to live.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Client, Connection, wait
from pathlib import Path
from typing import Any

from pytest_qwen.engine import CHANGED, Failure, Options, Outcome
from pytest_qwen.engine.generator import LocalGenerator
from pytest_qwen.engine.jobs import Waiter
from pytest_qwen.engine.models import Models
from pytest_qwen.engine.store import Store, StoreError
from pytest_qwen.engine.tally import Tally
from pytest_qwen.engine.wire import receive, send
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.family.family import load_family
from pytest_qwen.model_io.request import Request


class Server:
    """The clients of a generator; each is told of its own outcomes as they come."""

    def __init__(
        self,
        listener: socket.socket,
        generator: LocalGenerator,
        complete: Callable[[Request], Request],
    ) -> None:
        self._listener, self._generator, self._complete = listener, generator, complete
        self._clients: dict[Connection, Waiter] = {}
        self._planned = False

    def serve(self) -> None:
        """Answer clients until the process ends; between two steps, listen to all of them."""
        while True:
            timeout = 0 if self._generator.is_asked else None
            for ready in wait([self._listener, *self._clients], timeout=timeout):
                if ready is self._listener:
                    with suppress(EOFError, OSError):  # it may be gone before it was let in
                        self._welcome()
                elif isinstance(ready, Connection) and ready in self._clients:  # not dropped since
                    try:
                        self._hear(ready, receive(ready)["ask"])
                    except (EOFError, OSError):
                        self._drop(ready)
            if self._generator.is_asked:
                self._work(self._generator.work)

    def _welcome(self) -> None:
        """Let a client in; the first one says what all will ask before anyone is answered."""
        client = Connection(self._listener.accept()[0].detach())
        send(client, {"plan": not self._planned})
        if not self._planned:
            plan: list[Request] = []
            while part := receive(client)["plan"]:
                plan += filter(self._is_same, map(Request.from_json, part))
            self._generator.plan(plan)
            self._planned = True
        self._clients[client] = partial(self._deliver, client)

    def _hear(self, client: Connection, asked: Sequence[dict[str, Any]]) -> None:
        waiter, requests = self._clients[client], []
        for request in map(Request.from_json, asked):
            if self._is_same(request):
                requests.append(request)
            else:
                waiter(Failure(request.key, f"{request.role}: {CHANGED}"))
        self._work(partial(self._generator.ask, requests, waiter))

    def _work(self, work: Callable[[], None]) -> None:
        """Work; where the store fails, all who wait are told."""
        try:
            work()
        except StoreError as error:
            self._generator.fail(str(error))

    def _is_same(self, request: Request) -> bool:
        """Say whether this process has the checkpoint that a worker made the key for."""
        try:
            return self._complete(request).key == request.key
        except CheckpointError:
            return True  # who opens it is told

    def _deliver(self, client: Connection, outcome: Outcome) -> None:
        """Send a client what it waits for; who does not listen is dropped."""
        message: dict[str, Any] = (
            {"failure": list(outcome)}
            if isinstance(outcome, Failure)
            else {"reply": outcome.to_json()}
        )
        try:
            send(client, message)
        except OSError:
            self._drop(client)

    def _drop(self, client: Connection) -> None:
        """Forget a client, and what only it has waited for."""
        if waiter := self._clients.pop(client, None):
            self._generator.forget(waiter)


def _tell(control: Path, device: str, tallies: Mapping[str, Tally]) -> None:
    """Tell the controller how far the generator is, whether it listens or not."""
    message = {"device": device, "tallies": {role: vars(tally) for role, tally in tallies.items()}}
    with suppress(OSError), Client(str(control), "AF_UNIX") as controller:
        send(controller, message)


def _end_with(controller: Any, folder: Path) -> None:
    """End this process as soon as the controller's pipe ends, whatever the model is doing."""
    controller.read()
    shutil.rmtree(folder, ignore_errors=True)  # a controller that was killed leaves its sockets
    os._exit(0)


def main() -> None:
    """Open the models and serve."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    opens = json.loads(sys.stdin.readline())
    folder = Path(listener.getsockname()).parent
    threading.Thread(target=_end_with, args=(sys.stdin, folder), daemon=True).start()
    store = Store(Path(opens["store"])) if opens["store"] else None
    family, device = load_family(opens["family"], opens["models"]), opens["device"]
    models = Models(family, store, options=Options(**opens["options"]), place=device)
    generator = LocalGenerator(models, store, partial(_tell, folder / "control.sock", device))
    Server(listener, generator, models.complete).serve()


if __name__ == "__main__":
    main()
