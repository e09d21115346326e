"""Replies on disk, by the key of their request: the same request is never generated twice."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pytest_qwen.model_io.reply import Reply

SCHEMA = 3
"""The version of table, payload and keys, in SQLite's `user_version`; raised when one changes."""

_BEFORE = 2
"""The version whose replies can still be read."""

_TABLE = "CREATE TABLE replies (key TEXT PRIMARY KEY, made INTEGER, payload TEXT, sha256 TEXT)"

UNUSED = "replies_2"
"""The table where replies lie whose keys an older release made: `store prune` removes them."""

_TIMEOUT = 30.0  # seconds that a writer waits for another process


class StoreError(Exception):
    """A store that cannot be used. Its text says why and what to do."""


class Store:
    """A SQLite file in write-ahead mode: many processes may read and write it at once.

    Every row has a checksum; a row that does not match it is dropped and counts as absent.
    """

    _do = "use another --qwen-store, or `--qwen-store off`"

    def __init__(self, folder: Path, *, create: bool = True, read_only: bool = False) -> None:
        """Open the store in a folder.

        Args:
            folder: where the file `replies.sqlite3` is.
            create: make folder and file where they are missing.
            read_only: change nothing, and put nothing of an older release aside.

        Raises:
            StoreError: the folder cannot be written, holds a store of another version, or, where
                none may be made, holds none.
        """
        self.path = folder / "replies.sqlite3"
        with self._as_store_errors():
            if create:
                folder.mkdir(parents=True, exist_ok=True)
            elif not self.path.is_file():
                raise StoreError(
                    f"{self.path}: expected a store, got no such file: "
                    "run pytest first, or name the folder of a store"
                )
            place = f"{self.path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
            self._db = sqlite3.connect(place, timeout=_TIMEOUT, isolation_level=None, uri=True)
            # Payloads are ASCII. What is not even UTF-8 is damage, for the checksum to find.
            self._db.text_factory = lambda raw: raw.decode(errors="replace")
            if create and not self._version():
                self._use_log()
            if not read_only:
                self._bring_up(create=create)
            readable = {SCHEMA, _BEFORE} if read_only else {SCHEMA}
            if (version := self._version()) not in readable:
                self._db.close()
                raise StoreError(
                    f"{self.path}: expected a store of version {SCHEMA}, got {version}: "
                    "use another --qwen-store, or remove this one"
                )
            self._db.execute("PRAGMA synchronous=NORMAL")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _use_log(self) -> None:
        until = time.monotonic() + _TIMEOUT
        while True:
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError as error:  # for this, SQLite itself does not wait
                if time.monotonic() > until or "SQLITE_BUSY" not in error.sqlite_errorname:
                    raise
                time.sleep(0.01)

    def _bring_up(self, *, create: bool) -> None:
        """Make the table where there is none; put that of the version before aside.

        Keys are hashes, so that a reply of version 2 cannot be given the key that it has now.
        """
        if self._version() not in ({0, _BEFORE} if create else {_BEFORE}):
            return
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if (version := self._version()) == SCHEMA:
                return  # another process was faster
            if version == _BEFORE:
                self._db.execute(f"ALTER TABLE replies RENAME TO {UNUSED}")
            self._db.execute(_TABLE)
            self._db.execute(f"PRAGMA user_version={SCHEMA}")

    def unused(self) -> int:
        """Return how many replies of an older release are here, which no request finds.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._as_store_errors():
            if (table := self._unused_table()) is None:
                return 0
            return int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    def _unused_table(self) -> str | None:
        """Return the table with the replies of an older release, None where there is none."""
        if self._version() == _BEFORE:
            return "replies"
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?"
        return UNUSED if self._db.execute(query, (UNUSED,)).fetchone() else None

    def get(self, keys: Iterable[str]) -> dict[str, Reply]:
        """Return the replies that are here, by key.

        Raises:
            StoreError: the file cannot be read.
        """
        replies = {}
        with self._as_store_errors(), closing(self._db.cursor()) as cursor:
            for key in keys:
                query = "SELECT made, payload, sha256 FROM replies WHERE key = ?"
                row = cursor.execute(query, (key,)).fetchone()
                if row and (reply := self._reply(key, *row)):
                    replies[key] = reply
                elif row:
                    cursor.execute("DELETE FROM replies WHERE key = ?", (key,))
        return replies

    def keys(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys under which something is kept, without looking at it.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._as_store_errors(), closing(self._db.cursor()) as cursor:
            query = "SELECT 1 FROM replies WHERE key = ?"
            return {key for key in keys if cursor.execute(query, (key,)).fetchone()}

    def put(self, replies: Iterable[Reply], made: int | None = None) -> None:
        """Keep replies under their `request_key`; what is already here stays as it is.

        Args:
            replies: what to keep.
            made: when they were made, in seconds since 1970 UTC; now when it is None.

        Raises:
            StoreError: the file cannot be written; what it held is still there.
        """
        made = int(time.time()) if made is None else made
        rows = []
        for reply in replies:
            key, payload = reply.request_key, json.dumps(reply.to_json(), sort_keys=True)
            rows.append((key, made, payload, _checksum(key, made, payload)))
        with self._as_store_errors(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?)", rows)

    @staticmethod
    def _reply(key: str, made: int, payload: str, sha256: str) -> Reply | None:
        """Return what a row keeps, None if it is damaged or no reply."""
        if sha256 != _checksum(key, made, payload):
            return None
        try:
            return Reply.from_json(json.loads(payload))
        except (TypeError, ValueError, AttributeError, RecursionError):
            return None

    @contextmanager
    def _as_store_errors(self) -> Iterator[None]:
        """Turn what the file system and SQLite raise into a line that says what to do."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{self.path}: expected a store, got {error}: {self._do}") from None

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _checksum(key: str, made: int, payload: str) -> str:
    return hashlib.sha256(f"{key}\0{made}\0{payload}".encode()).hexdigest()
