"""Looking after a store: what it holds, whether it is sound, what is old, all of it as data."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pytest_qwen.engine.store import UNUSED, Store, StoreError
from pytest_qwen.model_io.reply import Reply

_DAY = 86_400  # seconds


@dataclass(frozen=True)
class Summary:
    """What a store holds: replies, bytes on disk, and when the first and the last were made.

    The times are `YYYY-MM-DD hh:mm` in UTC, None when the store is empty. `unused` counts the
    replies of an older release besides, see `Store.unused`.
    """

    replies: int
    size: int
    oldest: str | None
    newest: str | None
    unused: int = 0


class StoreAdmin(Store):
    """A store that is there, opened to look after it: none is made."""

    _do = "see to disk and permissions, or remove the file: the next run generates its replies anew"

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """Open the store in a folder; `read_only` changes nothing in it, whatever its release.

        Raises:
            StoreError: there is none, it has another version, or it cannot be read.
        """
        super().__init__(folder, create=False, read_only=read_only)

    def summary(self) -> Summary:
        """Return how much is kept, and since when.

        Raises:
            StoreError: the file cannot be read.
        """
        # SQLite's own calendar: whatever damage has made of a time, it gives a date or NULL.
        day = "strftime('%Y-%m-%d %H:%M', {}(made), 'unixepoch')"
        query = f"SELECT count(*), {day.format('min')}, {day.format('max')} FROM replies"  # noqa: S608
        with self._as_store_errors():
            size, unused = self._size(), self.unused()
            if self._unused_table() == "replies":  # all that is here
                return Summary(0, size, None, None, unused)
            replies, oldest, newest = self._db.execute(query).fetchone()
            return Summary(replies, size, oldest, newest, unused)

    def _size(self) -> int:
        log = self.path.with_name(self.path.name + "-wal")
        return self.path.stat().st_size + (log.stat().st_size if log.exists() else 0)

    def export(self) -> Iterator[Reply | None]:
        """Yield every reply in the order in which they were put, None in place of a damaged one.

        Those of an older release are among them.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._as_store_errors():
            for table in self._tables():
                for _, reply in self._rows(table):
                    yield reply

    def verify(self) -> tuple[int, int]:
        """Read every row and drop those that do not match their checksum.

        Returns:
            How many replies are good, and how many were dropped.

        Raises:
            StoreError: the file is damaged beyond its rows, or cannot be written.
        """
        good = dropped = 0
        with self._as_store_errors(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("REINDEX")  # SQLite removes no row that a damaged index has lost
            for table in self._tables():
                sound = [(number, reply is not None) for number, reply in self._rows(table)]
                damaged = [(number,) for number, is_sound in sound if not is_sound]
                self._db.executemany(f"DELETE FROM {table} WHERE rowid = ?", damaged)  # noqa: S608
                good, dropped = good + len(sound) - len(damaged), dropped + len(damaged)
        with self._as_store_errors():
            state = self._db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if state != "ok":
            damage = " ".join(state.split())
            raise StoreError(f"{self.path}: expected a sound file, got {damage}: {self._do}")
        return good, dropped

    def _tables(self) -> tuple[str, ...]:
        return (UNUSED, "replies") if self._unused_table() == UNUSED else ("replies",)

    def _rows(self, table: str) -> Iterator[tuple[int, Reply | None]]:
        query = f"SELECT rowid, key, made, payload, sha256 FROM {table} ORDER BY rowid"  # noqa: S608
        with closing(self._db.cursor()) as cursor:
            for number, *row in cursor.execute(query):
                yield number, self._reply(*row)

    def prune(self, older_than_days: int | None = None) -> int:
        """Remove old replies and those of an older release; give their space back to the disk.

        Args:
            older_than_days: how old a reply is to go; None removes none for its age.

        Returns:
            How many were removed.

        Raises:
            StoreError: the file cannot be written.
        """
        with self._as_store_errors():
            gone = self.unused()
            self._db.execute(f"DROP TABLE IF EXISTS {UNUSED}")
            if older_than_days is not None:
                last = max(int(time.time()) - older_than_days * _DAY, -1)  # SQLite has 64 bits
                gone += self._db.execute("DELETE FROM replies WHERE made <= ?", (last,)).rowcount
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone
