"""Keeps the generator processes of a run with workers: started on first need, ended with the run.

A worker asks the controller where its device's generator listens. The controller makes a listening
socket, and hands it to a process when the first client comes (socket activation). So a process that
dies loses no client: the next one takes the socket over, and goes on from the store.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from pytest_qwen.engine.tally import Tally, Tell, together
from pytest_qwen.engine.wire import receive, send

STARTS = 3
"""How often a device's generator process is started; then its requests fail."""


class GeneratorHost:
    """The generator processes of a run; `path` is the socket where workers ask for one."""

    def __init__(self, tell: Tell | None = None) -> None:
        """Listen. `tell` is told, in another thread, how far generation is.

        Raises:
            OSError: there can be no socket, as where the path of temporary files is too long.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="pytest-qwen-"))  # for this user alone
        try:
            listener = _listening(self._folder / "control.sock")
        except OSError:
            shutil.rmtree(self._folder)
            raise
        self._tell = tell
        self._closing, self._close = os.pipe()  # readable as soon as the run ends
        self._running: set[subprocess.Popen[str]] = set()
        self._sockets: dict[str, Path] = {}
        self._tallies: dict[str, Mapping[str, Tally]] = {}  # by device
        self._threads: list[threading.Thread] = []
        self.path = self._folder / "control.sock"
        self._start(self._introduce, listener)

    def _start(self, work: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _called(self, listener: socket.socket) -> bool:
        """Wait for a client; False when the run ends instead."""
        return self._closing not in wait([listener, self._closing])

    def _introduce(self, listener: socket.socket) -> None:
        """Let all in who want to tell or to know something."""
        try:
            with listener:
                while self._called(listener):
                    with (
                        suppress(EOFError, OSError),  # a worker that was killed
                        Connection(listener.accept()[0].detach()) as client,
                    ):
                        self._hear(client)
        finally:  # clients see by it that nobody will come
            self.path.unlink(missing_ok=True)

    def _hear(self, client: Connection) -> None:
        """Tell workers where the generator of a device listens; hear how far generators are."""
        message = receive(client)
        device = message["device"]
        if tallies := message.get("tallies"):
            self._tallies[device] = {role: Tally(**fields) for role, fields in tallies.items()}
            if self._tell:
                self._tell(together(self._tallies.values()))
            return
        if device not in self._sockets:
            path = self._folder / f"{len(self._sockets)}.sock"
            self._sockets[device] = path
            self._start(self._keep, path, _listening(path), message["opens"])
        send(client, {"socket": str(self._sockets[device])})

    def _keep(self, path: Path, listener: socket.socket, opens: dict[str, Any]) -> None:
        """Start a process when a client comes, and another one when it has died."""
        try:
            with listener:
                for _ in range(STARTS):
                    if self._called(listener):
                        self._run(path, listener, opens)
        finally:  # clients see by it that nobody will come
            path.unlink(missing_ok=True)

    def _run(self, path: Path, listener: socket.socket, opens: dict[str, Any]) -> None:
        """Run one process to its end."""
        # -P: the project's folder has no say in what this package imports
        command = [sys.executable, "-P", "-m", "pytest_qwen.engine.server", str(listener.fileno())]
        with path.with_suffix(".log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(  # noqa: S603 - this package's own module
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[listener.fileno()],
                start_new_session=True,  # Ctrl-C is the controller's
                text=True,
            )
        assert process.stdin is not None
        self._running.add(process)
        if wait([self._closing], timeout=0):
            process.kill()
        with suppress(BrokenPipeError), process:
            print(json.dumps(opens), file=process.stdin, flush=True)
            process.wait()
        self._running.discard(process)

    def close(self) -> None:
        """End the processes and remove the sockets."""
        os.write(self._close, b"x")  # closing it would not do while a forked child has it too
        for process in list(self._running):
            process.kill()  # replies are in the store as they come: there is nothing to finish
        for thread in self._threads:
            thread.join(timeout=10)
        os.close(self._close)
        os.close(self._closing)
        shutil.rmtree(self._folder, ignore_errors=True)


def _listening(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(128)
    return listener
