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
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Client, Connection, wait
from pathlib import Path
from typing import Any

from pytest_qwen.engine import CHANGED, Failure, Options, Outcome, key_of
from pytest_qwen.engine.generator import LocalGenerator
from pytest_qwen.engine.models import Models
from pytest_qwen.engine.store import Store, StoreError
from pytest_qwen.engine.tally import Tally
from pytest_qwen.engine.wire import receive, send
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.family.family import load_family
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.vocabulary import Role


class Server:
    """The clients of a generator, and what each of them waits for."""

    def __init__(
        self,
        listener: socket.socket,
        generator: LocalGenerator,
        complete: Callable[[Request], Request],
    ) -> None:
        self._listener, self._generator, self._complete = listener, generator, complete
        self._clients: dict[Connection, set[str]] = {}
        self._asked: dict[str, Role] = {}  # in order: who asked first is served first
        self._planned = False

    def serve(self) -> None:
        """Answer clients until the process ends; between two steps, listen to all of them."""
        while True:
            for one in wait([self._listener, *self._clients], timeout=0 if self._asked else None):
                if one is self._listener:
                    with suppress(EOFError, OSError):  # it may be gone before it was let in
                        self._welcome()
                elif isinstance(one, Connection) and one in self._clients:  # not dropped since
                    try:
                        self._hear(one, receive(one))
                    except (EOFError, OSError):
                        self._drop(one)
            if self._asked:
                self._work(partial(self._generator.step, next(iter(self._asked.values()))))

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
        self._clients[client] = set()

    def _hear(self, client: Connection, said: dict[str, Any]) -> None:
        requests = []
        for request in map(Request.from_json, said["ask"]):
            if self._is_same(request):
                requests.append(request)
            else:
                send(client, {"failure": [request.key, f"{request.role}: {CHANGED}"]})
        self._clients[client] |= {request.key for request in requests}
        self._asked |= {request.key: request.role for request in requests}
        self._work(partial(self._generator.ask, requests))

    def _work(self, work: Callable[[], list[Outcome]]) -> None:
        """Deliver the outcomes of work; where the store fails, all who wait are told."""
        try:
            outcomes = work()
        except StoreError as error:
            outcomes = [Failure(key, str(error), of_store=True) for key in self._asked]
        self._deliver(outcomes)

    def _is_same(self, request: Request) -> bool:
        """Say whether this process has the checkpoint that a worker made the key for."""
        try:
            return self._complete(request).key == request.key
        except CheckpointError:
            return True  # who opens it is told

    def _deliver(self, outcomes: list[Outcome]) -> None:
        """Send outcomes to all who wait for them; who does not listen is dropped."""
        for outcome in outcomes:
            key = key_of(outcome)
            if not self._asked.pop(key, None):
                continue
            self._generator.took(outcome)
            message = (
                {"failure": list(outcome)}
                if isinstance(outcome, Failure)
                else {"reply": outcome.to_json()}
            )
            for client, keys in list(self._clients.items()):
                if key in keys:
                    keys.remove(key)
                    try:
                        send(client, message)
                    except OSError:
                        self._drop(client)

    def _drop(self, client: Connection) -> None:
        """Forget a client, and what only it has waited for."""
        keys = self._clients.pop(client)
        for key in keys.difference(*self._clients.values()):
            self._asked.pop(key, None)


def _tell(control: Path, device: str, tallies: Mapping[str, Tally]) -> None:
    """Tell the controller how far the generator is, whether it listens or not."""
    said = {role: vars(tally) for role, tally in tallies.items()}
    with suppress(OSError), Client(str(control), "AF_UNIX") as controller:
        send(controller, {"device": device, "tallies": said})


def _end_with(controller: Any, folder: Path) -> None:
    """End this process as soon as the controller's pipe ends, whatever the model is doing."""
    controller.read()
    shutil.rmtree(folder, ignore_errors=True)  # a controller that was killed leaves its sockets
    os._exit(0)


def main() -> None:
    """Open the models and serve."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    said = json.loads(sys.stdin.readline())
    folder = Path(listener.getsockname()).parent
    threading.Thread(target=_end_with, args=(sys.stdin, folder), daemon=True).start()
    store = Store(Path(said["store"])) if said["store"] else None
    family = load_family(said["family"], said["models"])
    device = said["device"]
    models = Models(family, store, options=Options(**said["options"]), place=device)
    tell = partial(_tell, folder / "control.sock", device)
    generator = LocalGenerator(models, store, tell)
    Server(listener, generator, models.complete).serve()


if __name__ == "__main__":
    main()
