r"""Compares formulas in a process of its own: what a model wrote may take for ever to work out.

    ["2\\sqrt{3}", "\\sqrt{12}"]  ──▶  true, false, or null where the first cannot be read

The system bounds this process: CPU time for each line by a timer that kills it, memory by a limit
that raises MemoryError, and it can write no file. It is run as a script, imports nothing of the
package, and ends with its standard input. SymPy draws random numbers to compare: always the same.
"""

from __future__ import annotations

import json
import logging
import resource
import signal
import sys
from contextlib import suppress

CPU_SECONDS = 3.0
"""For one comparison; a usual one takes a tenth of a second."""

MEMORY = 2 << 30
"""Bytes of address space, for all of the process."""


def _serve() -> None:
    """Answer the lines of standard input."""
    from math_verify import LatexExtractionConfig, parse, verify
    from sympy.core.random import seed

    # LaTeX only: what Math-Verify calls expressions, SymPy reads by running them as Python.
    config = [LatexExtractionConfig()]
    for line in sys.stdin:
        seed(0)
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        wanted, said = (
            parse(f"${formula}$", config, "no_fallback", parsing_timeout=0)
            for formula in json.loads(line)
        )
        same = verify(wanted, said, timeout_seconds=0) if wanted else None
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(json.dumps(same) + "\n")
        sys.stdout.flush()


def _confine() -> None:
    limits = {resource.RLIMIT_AS: MEMORY, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}
    for kind, limit in limits.items():
        with suppress(ValueError, OSError):  # not every system has every limit
            resource.setrlimit(kind, (limit, limit))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is interrupted, and closes the pipe
    logging.disable()


if __name__ == "__main__":
    _confine()
    _serve()
