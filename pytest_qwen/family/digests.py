"""SHA-256 of files, of a large one once: weights are identified whole, and replay stays quick."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

from pytest_qwen.files.atomic import write_whole

SMALL = 16 << 20
"""Bytes: a file of no more is read each time."""

_SETTLED = 2_000_000_000
"""Nanoseconds: a file that changed less long ago may change again within a tick of its clock."""


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file.

    That of a large one is kept in the user's cache folder, by its path, size, time and inode.
    """
    before = file.stat()
    if before.st_size <= SMALL:
        return _computed(file)
    kept = _folder() / _name(file, before)
    with suppress(OSError):
        return kept.read_text("ascii")
    digest, now = _computed(file), file.stat()
    settled = time.time_ns() - now.st_mtime_ns > _SETTLED
    if settled and _name(file, now) == kept.name:
        with suppress(OSError):  # a home that cannot be written
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_whole(kept, digest.encode())
    return digest


def _computed(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _name(file: Path, stat: os.stat_result) -> str:
    """Name what is known of a file as long as it stays what it is."""
    state = f"{file.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}\0{stat.st_ino}"
    return hashlib.sha256(os.fsencode(state)).hexdigest()


def _folder() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - never raises
    return Path(cache) / "pytest-qwen" / "sha256"
