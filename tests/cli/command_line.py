"""The command `pytest-qwen` in a process of its own, as a user types it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

LOCALES = {
    "utf8": {"LC_ALL": "C.UTF-8"},
    "c": {"LC_ALL": "C"},
    "ascii": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "ascii-streams": {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "ascii"},
}


def typed(folder: Path, command: str, stdin: bytes = b"", **variables: str) -> tuple[int, str, str]:
    """Run a command line; return its exit status, standard output and standard error."""
    words = [sys.executable, "-m", "pytest_qwen.cli.main", *shlex.split(command)[1:]]
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHONIO"))}
    done = subprocess.run(
        words,
        cwd=folder,
        capture_output=True,
        input=stdin,
        timeout=60,
        check=False,
        env={**plain, "COLUMNS": "90", "TZ": "Asia/Shanghai", **variables},
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()
