"""The generator process: holds the models of one device and answers all workers.

    python -m pytest_qwen.engine.server LISTENER < pipe

LISTENER is the descriptor of a listening socket. The first line on standard input says what to
open; that it ends means that the controller is gone, and with it the reason to live.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from pytest_qwen.core.plan import Request
from pytest_qwen.engine import Failure, Options, Outcome, key_of
from pytest_qwen.engine.generator import LocalGenerator
from pytest_qwen.engine.models import Models
from pytest_qwen.engine.store import Store
from pytest_qwen.engine.wire import receive, send
from pytest_qwen.family.family import load_family


def serve(listener: socket.socket, generator: LocalGenerator) -> None:
    """Answer clients until the process ends; between two steps, listen to all of them."""
    clients: dict[Connection, set[str]] = {}
    planned = False
    while True:
        ready = wait([listener, *clients], timeout=0 if generator.busy else None)
        for one in ready:
            if one is listener:
                client = Connection(listener.accept()[0].detach())
                send(client, {"plan": not planned})
                clients[client] = set()
                continue
            assert isinstance(one, Connection)
            try:
                said = receive(one)
            except (EOFError, OSError):
                del clients[one]
                continue
            requests = [Request.from_json(fields) for fields in said.get("ask", said.get("plan"))]
            if "plan" in said:
                planned = True
                generator.plan(requests)
            else:
                clients[one] |= {request.key for request in requests}
                generator.ask(requests)
        for outcome in generator.step():
            _deliver(outcome, clients)


def _deliver(outcome: Outcome, clients: dict[Connection, set[str]]) -> None:
    """Send an outcome to all who wait for it; who does not listen is dropped."""
    key = key_of(outcome)
    message = (
        {"failure": list(outcome)} if isinstance(outcome, Failure) else {"reply": outcome.to_json()}
    )
    for client, keys in list(clients.items()):
        if key in keys:
            keys.remove(key)
            try:
                send(client, message)
            except OSError:
                del clients[client]


def _end_with(controller: Any) -> None:
    """End this process as soon as the controller's pipe ends, whatever the model is doing."""
    controller.read()
    os._exit(0)


def main() -> None:
    """Open the models and serve."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    said = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with, args=(sys.stdin,), daemon=True).start()
    store = Store(Path(said["store"])) if said["store"] else None
    family = load_family(said["family"], said["models"])
    models = Models(family, store, options=Options(**said["options"]))
    serve(listener, LocalGenerator(models.engine, store))


if __name__ == "__main__":
    main()
