"""The other side of `BoundedProcess`: answers lines of JSON with a worker's function.

    python -P child.py WORKER CPU_SECONDS MEMORY

    question  ──▶  {"answer": what `answer(question)` of the worker returned}
              ──▶  {"limit": "memory"}

The system bounds this process: CPU time for each answer by a timer that kills it, memory by a limit
that raises MemoryError, and it can write no file. No check inside Python could stop one huge
operator. A worker's `prepare`, where there is one, is called before the first question. This is run
as a script, imports nothing of the package, and ends with its standard input.
"""

from __future__ import annotations

import json
import os
import resource
import runpy
import signal
import sys
from contextlib import suppress


def _confine(memory: int) -> None:
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}
    for kind, limit in limits.items():
        with suppress(ValueError, OSError):  # not every system has every limit
            resource.setrlimit(kind, (limit, limit))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is interrupted, and closes the pipe


def _serve(path: str, cpu_seconds: float) -> None:
    """Answer the lines of standard input; what a library prints goes nowhere."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    sys.stdout = sys.stderr
    worker = runpy.run_path(path)
    worker.get("prepare", list)()
    for line in sys.stdin:
        question = json.loads(line)
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        try:
            reply = {"answer": worker["answer"](question)}
        except MemoryError:
            reply = {"limit": "memory"}
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


if __name__ == "__main__":
    _confine(int(sys.argv[3]))
    _serve(sys.argv[1], float(sys.argv[2]))
