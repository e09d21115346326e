"""Replies on disk, by the key of their request: the same request is never generated twice."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pytest_qwen.core.reply import Reply

SCHEMA = 1
"""The version of the table, in SQLite's `user_version`."""

_TIMEOUT = 30.0  # seconds that a writer waits for another process


class StoreError(Exception):
    """A store that cannot be used. Its text says why and what to do."""


class Store:
    """A SQLite file in write-ahead mode: many processes may read and write it at once.

    Every row has a checksum; a row that does not match it is dropped and counts as absent.
    """

    def __init__(self, folder: Path) -> None:
        """Open or create the store in a folder.

        Raises:
            StoreError: the folder cannot be written, or holds a store of another version.
        """
        self.path = folder / "replies.sqlite3"
        with self._told():
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, timeout=_TIMEOUT, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            found = self._db.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, SCHEMA):
                raise StoreError(
                    f"{self.path}: expected a store of version {SCHEMA}, got {found}: "
                    "use another --qwen-store, or remove this one"
                )
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS replies"
                " (key TEXT PRIMARY KEY, payload TEXT, sha256 TEXT)"
            )
            self._db.execute(f"PRAGMA user_version={SCHEMA}")

    def get(self, keys: Iterable[str]) -> dict[str, Reply]:
        """Return the replies that are here, by key.

        Raises:
            StoreError: the file cannot be read.
        """
        found = {}
        with self._told(), closing(self._db.cursor()) as cursor:
            for key in keys:
                query = "SELECT payload, sha256 FROM replies WHERE key = ?"
                row = cursor.execute(query, (key,)).fetchone()
                if row and row[1] == _checksum(key, row[0]):
                    found[key] = Reply.from_json(json.loads(row[0]))
                elif row:
                    cursor.execute("DELETE FROM replies WHERE key = ?", (key,))
        return found

    def keys(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys under which something is kept, without looking at it.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._told(), closing(self._db.cursor()) as cursor:
            query = "SELECT 1 FROM replies WHERE key = ?"
            return {key for key in keys if cursor.execute(query, (key,)).fetchone()}

    def put(self, replies: Iterable[Reply]) -> None:
        """Keep replies under their `request_key`; what is already here stays as it is.

        Raises:
            StoreError: the file cannot be written; what it held is still there.
        """
        rows = []
        for reply in replies:
            payload = json.dumps(reply.to_json(), sort_keys=True)
            rows.append((reply.request_key, payload, _checksum(reply.request_key, payload)))
        with self._told(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR IGNORE INTO replies VALUES (?, ?, ?)", rows)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the file system and SQLite raise into a line that says what to do."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"{self.path}: expected a store, got {error}: "
                "use another --qwen-store, or `--qwen-store off`"
            ) from None

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _checksum(key: str, payload: str) -> str:
    return hashlib.sha256(f"{key}\0{payload}".encode()).hexdigest()
