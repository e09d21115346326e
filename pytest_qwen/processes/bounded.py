"""A process that works on what strangers wrote: the system bounds its time and its memory.

    process = BoundedProcess(Path("worker.py"), cpu_seconds=2.0, memory=1 << 30)
    process.ask({"template": "…"})

The worker is a file with a function `answer`, from JSON data to JSON data, see `child.py`. The
process is started at the first question, asked by one thread at a time, and ended with its owner.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from pytest_qwen.messages.reason import Reason

CHILD = Path(__file__).with_name("child.py")

WALL_SECONDS = 120.0
"""For one answer, whatever keeps the process from working; the CPU time is what usually bounds."""


class LimitError(Exception):
    """A question that was not answered: `why` says what it took too much of, or how it ended."""

    def __init__(self, why: Reason, *, killed: bool) -> None:
        self.why, self.killed = why, killed
        super().__init__(why)


class BoundedProcess:
    """Answers questions about untrusted data in a process of its own.

    Args:
        worker: a Python file that defines `answer`.
        cpu_seconds: for one answer.
        memory: bytes of address space for all of the process.
    """

    def __init__(self, worker: Path, *, cpu_seconds: float, memory: int) -> None:
        self._command = [str(worker), str(cpu_seconds), str(memory)]
        self._memory = memory
        self._lock = Lock()
        self._process: subprocess.Popen[str] | None = None
        self._owner = 0  # the process that started it
        self._end: Callable[[], object] = lambda: None

    def ask(self, question: Any) -> Any:
        """Return the worker's answer.

        Raises:
            LimitError: there is none; `killed` where the process ended, which is started anew for
                the next question.
        """
        line = json.dumps(question) + "\n"
        with self._lock:
            process = self._running()
            try:
                reply = _exchange(process, line)
            except BaseException as error:  # this answer must not be taken for the next one
                self._stop()
                if isinstance(error, TimeoutError):
                    raise LimitError(Reason("process.time"), killed=True) from None
                raise
            if not reply.endswith("\n"):
                code = process.wait()
                self._stop()
                slow = code == -signal.SIGPROF
                why = Reason("process.time") if slow else Reason("process.ended", code=code)
                raise LimitError(why, killed=True)
        answer = json.loads(reply)
        if "answer" not in answer:
            raise LimitError(Reason("process.memory", mib=self._memory >> 20), killed=False)
        return answer["answer"]

    def _running(self) -> subprocess.Popen[str]:
        """Return this process's own: one that was forked must not read its parent's answers."""
        if self._process is None or self._owner != os.getpid():
            self._owner = os.getpid()
            self._process = subprocess.Popen(  # noqa: S603 - our own script
                [sys.executable, "-P", str(CHILD), *self._command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="ascii",
                env=os.environ | {"PYTHONHASHSEED": "0"},
            )
            self._end = weakref.finalize(self, _end, self._process, self._owner)
        return self._process

    def _stop(self) -> None:
        self._end()
        self._process = None


def _exchange(process: subprocess.Popen[str], line: str) -> str:
    """Write a line and read a line, without an end of line where the process ended.

    Raises:
        TimeoutError: the wall clock says that it takes too long.
    """
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(line)
        process.stdin.flush()
    except BrokenPipeError:
        return ""
    if not select.select([process.stdout], [], [], WALL_SECONDS)[0]:
        raise TimeoutError
    return process.stdout.readline()


def _end(process: subprocess.Popen[str], owner: int) -> None:
    """End a process of this process: it has nothing to finish."""
    if os.getpid() == owner:
        process.kill()
        process.communicate()
