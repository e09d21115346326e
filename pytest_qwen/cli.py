"""The command `pytest-qwen`: what is done with the leavings of runs, without a run.

    pytest-qwen store show

Each command is a module of `commands`.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from pytest_qwen.commands import CommandError, Commands, report, store
from pytest_qwen.engine.store import StoreError


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: its arguments; those of the process when it is None.

    Returns:
        The exit status: 0, 1 when what was looked at is not as it should be, 2 when it could not
        be looked at.

    Raises:
        SystemExit: the usage is wrong (2), or help was asked for (0).
    """
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")  # a path may have any characters
    args = _parser().parse_args(argv)
    try:
        status: int = args.run(args)
        sys.stdout.flush()
    except (CommandError, StoreError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:  # standard output: commands speak for the files that they open
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for Python's last flush
        if not isinstance(error, BrokenPipeError):  # as under `| head`: nobody listens
            told = f"expected to write, got {error.strerror}: write to another place"
            print(f"standard output: {told}", file=sys.stderr)
        return 2
    return status


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line."""
        self.exit(2, f"{self.prog}: {message}: see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _Parser(
        prog="pytest-qwen",
        description="Look after what runs of pytest-qwen leave behind. Runs are pytest's: see "
        "the group qwen in pytest --help.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in COMMANDS:
        add(commands)
    return parser


COMMANDS: tuple[Callable[[Commands], None], ...] = (report.add, store.add)
"""What declares each command, in the order of the help."""


if __name__ == "__main__":
    sys.exit(main())
