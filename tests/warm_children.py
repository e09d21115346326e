"""A process's generator and pytest-xdist's workers, forked where `warm.py` has forked the process.

They are forked from a copy of it that was made before it ran anything, so that they know nothing of
what it does, and become its children all the same: the process between them is gone at once.
"""

from __future__ import annotations

import ctypes
import fcntl
import inspect
import io
import json
import multiprocessing
import os
import runpy
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

GENERATOR = ["-P", "-m", "pytest_qwen.engine.server"]
WORKER = ["-u", "-c"]
PR_SET_CHILD_SUBREAPER = 36
PIPES = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")


def fork_children() -> None:
    """Let `subprocess.Popen` fork this process's generator and workers from now on."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    orders, channel = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if not os.fork():
        orders.close()
        _fork_what_is_ordered(channel)
    channel.close()
    lock, signature = threading.Lock(), inspect.signature(subprocess.Popen._execute_child)

    class Forked(subprocess.Popen):
        def _execute_child(self, args: Any, *others: Any) -> None:
            words = list(args)[1:]
            if words[:3] != GENERATOR and words[:2] != WORKER:
                super()._execute_child(args, *others)
                return
            options = signature.bind(self, args, *others).arguments
            pipes = [options[name] for name in ("p2cread", "c2pwrite", "errwrite")]
            files = [number if pipe == -1 else pipe for number, pipe in enumerate(pipes)]
            order = {
                "words": words,
                "numbers": [0, 1, 2, *options["pass_fds"]],
                "session": options["start_new_session"],
                "environ": options["env"] or dict(os.environ),
                "folder": options["cwd"] or str(Path.cwd()),
            }
            with lock:
                message = json.dumps(order).encode()
                socket.send_fds(orders, [message], [*files, *options["pass_fds"]])
                self.pid = int(orders.recv(100))
            self._child_created = True
            self._close_pipe_fds(*(options[name] for name in PIPES))

    subprocess.Popen = Forked


def _fork_what_is_ordered(channel: socket.socket) -> None:
    """Fork until nobody is there to order; each child becomes one of the process that orders."""
    process = multiprocessing.get_context("fork").Process
    while True:
        message, files, _, _ = socket.recv_fds(channel, 1 << 20, 100)
        if not message:
            os._exit(0)
        if not (between := os.fork()):
            between = os.getpid()
            if os.fork():
                os._exit(0)
            order = json.loads(message) | {"files": files}
            os._exit(process(target=_become, args=(channel, between), kwargs=order)._bootstrap())
        os.waitpid(between, 0)
        for file in files:
            os.close(file)


def _become(
    channel: socket.socket,
    between: int,
    *,
    words: Sequence[str],
    numbers: Sequence[int],
    files: Sequence[int],
    session: bool,
    environ: Mapping[str, str],
    folder: str,
) -> None:
    """Become `python WORDS…`, with each file under its number."""
    if session:
        os.setsid()
    _rename(words)
    while os.getppid() == between:
        time.sleep(0.001)
    channel.send(b"%d" % os.getpid())
    channel.close()
    files = [fcntl.fcntl(file, fcntl.F_DUPFD, 300) for file in files]  # out of the numbers' way
    for file, number in zip(files, numbers, strict=True):
        os.dup2(file, number)
        os.close(file)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "r", closefd=False)), "utf-8")
    for name, number in (("stdout", 1), ("stderr", 2)):
        file = io.FileIO(number, "w", closefd=False)
        setattr(sys, name, io.TextIOWrapper(file, "utf-8", write_through=True))
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    if list(words[:2]) == WORKER:
        sys.argv, sys.path[0] = ["-c", *words[3:]], ""
        exec(words[2], {"__name__": "__main__"})
    else:
        sys.argv, sys.path[:1] = list(words[2:]), []
        runpy.run_module(words[2], run_name="__main__", alter_sys=True)


def _rename(words: Sequence[str]) -> None:
    """Let /proc name this process by its words, as far as there is room."""
    fields = Path("/proc/self/stat").read_text("utf-8").rpartition(")")[2].split()
    start, end = map(int, fields[45:47])  # arg_start and arg_end of proc(5)
    name = "\0".join(["python", *words]).encode()[: end - start - 1]
    with Path("/proc/self/mem").open("r+b", 0) as memory:
        memory.seek(start)
        memory.write(name.ljust(end - start, b"\0"))
