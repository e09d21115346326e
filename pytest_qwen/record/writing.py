"""Writes a record, line by line: what is written is there even when the run is killed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from msgspec import UNSET

from pytest_qwen.record.case import RecordedCase
from pytest_qwen.record.codec import written
from pytest_qwen.record.schema import (
    ComparisonLine,
    EndLine,
    JudgedLine,
    Line,
    RunLine,
    SampleLine,
)


def check_regular(path: Path) -> None:
    """Check that nothing but a file is at the place of a record: a device may be read without end.

    Raises:
        OSError: something else is there.
    """
    if path.exists() and not path.is_file():
        raise OSError(f"{path}, which is no regular file: name another place")


class RecordWriter:
    """Writes a record.

    The file is begun anew with the first line, so that a run without samples leaves the old one.
    `cases` are the ids that were written, `missed` those that are not as expected; `lanes` has for
    each role the lanes of its replies.
    """

    def __init__(self, path: Path, run: RunLine) -> None:
        self.path = path
        self.cases: dict[str, None] = {}
        self.missed: set[str] = set()
        self.lanes: dict[str, set[str]] = {}
        self._run = run
        self._file: IO[str] | None = None

    def write(self, lines: Sequence[JudgedLine]) -> None:
        """Append the lines of one case, all that it has.

        Raises:
            OSError: the file cannot be written. What is in it stays, and nothing follows.
        """
        begin: list[Line] = []
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8", newline="\n")
            begin = [self._run]
        self._append([*begin, *lines])
        self.cases.update(dict.fromkeys(line.case for line in lines))
        for line in lines:
            if isinstance(line, SampleLine) and line.role and line.reply and line.reply.lane:
                self.lanes.setdefault(line.role, set()).add(line.reply.lane)
        for case in RecordedCase.of(lines):
            if case.state == "miss":
                self.missed.add(case.id)
        relations = (line for line in lines if isinstance(line, ComparisonLine))
        self.missed.update(line.case for line in relations if line.passed is False)

    def close(self, expected: Sequence[str], status: int, look: int | None = None) -> None:
        """Write the last line: the cases expected, those reported, and pytest's exit status.

        `look` is the look that ended a run that the gate watched. A record that could not be
        written to its end gets no such line.

        Raises:
            OSError: the line cannot be written.
        """
        if self._file is None or self._file.closed:
            return
        looked = UNSET if look is None else look
        lanes = {role: sorted(codes) for role, codes in sorted(self.lanes.items())}
        end = EndLine(
            expected=[*expected], reported=[*self.cases], status=status, lanes=lanes, look=looked
        )
        self._append([end])
        self._file.close()
        self._file = None

    def _append(self, lines: Sequence[Line]) -> None:
        """Write lines through to the file; it is closed where that fails, perhaps in a line."""
        assert self._file is not None
        try:
            self._file.writelines(map(written, lines))
            self._file.flush()
        except OSError as error:
            with suppress(OSError):  # closing tries again to write what is left
                self._file.close()
            error.filename = str(self.path)
            raise
