"""A time limit for work that may never return, such as a forward pass that hangs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

LONGEST = 10**8
"""Seconds: more than three years is no limit, and more than timers take."""


class Hung(Exception):
    """The work took longer than its limit."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `Hung` in the work when it takes longer.

    It works by SIGALRM, so it holds in the main thread, where nobody else uses that signal, and
    reaches what waits or runs in Python, but no native code that never returns.

    Raises:
        Hung: the work took longer.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or seconds > LONGEST or not hasattr(signal, "SIGALRM"):
        yield
        return
    if signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        yield
        return

    def ring(*_: object) -> NoReturn:
        raise Hung

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
