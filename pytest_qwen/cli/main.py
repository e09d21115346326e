"""The command `pytest-qwen`: what is done with the leavings of runs, without a run.

    pytest-qwen store show

Each command is a module beside this one, imported when it is typed.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from pytest_qwen.cli.output import sentence
from pytest_qwen.engine.store import StoreError
from pytest_qwen.messages.error import CommandError


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: its arguments; those of the process when it is None.

    Returns:
        The exit status: 0, 1 when what was looked at is not as it should be, 2 when it could not
        be looked at; a gate has its own, see `pytest-qwen gate --help`.

    Raises:
        SystemExit: the usage is wrong (2), or help was asked for (0).
    """
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")  # a path may have any characters
    words = sys.argv[1:] if argv is None else argv
    try:
        args = _parser(next((word for word in words if word in COMMANDS), "")).parse_args(words)
        status: int = args.run(args)
        sys.stdout.flush()
    except (CommandError, StoreError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:  # standard output: commands speak for the files that they open
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for Python's last flush
        if not isinstance(error, BrokenPipeError):  # as under `| head`: nobody listens
            problem = f"expected to write, got {error.strerror}: write to another place"
            print(f"standard output: {problem}", file=sys.stderr)
        return 2
    return status


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line."""
        self.exit(2, f"{self.prog}: {message}: see {self.prog} --help\n")


class _Version(argparse.Action):
    """Looks the version up when it is asked for: that takes as long as all else here."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"pytest-qwen {version('pytest-qwen')}")
        parser.exit()


def _parser(typed: str) -> argparse.ArgumentParser:
    """Return the parser of all commands; only the module of the one that was typed is imported."""
    parser: argparse.ArgumentParser = _Parser(
        prog="pytest-qwen",
        description="What is done with pytest-qwen without a run. Runs are pytest's: see "
        "the group qwen in pytest --help.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, text in COMMANDS.items():
        made = commands.add_parser(name, help=text, description=sentence(text))
        if name == typed:
            import_module(f"pytest_qwen.cli.{name}").declare(made)
    return parser


COMMANDS = {
    "validate": "report errors and likely mistakes in behavior files",
    "judge": "judge replies that were recorded anywhere, one JSON object a line, without a model",
    "gate": "compare the records of two models and decide whether one may replace the other",
    "approve": "make a record the baseline, with who, why and when; in CI only propose it as .new",
    "report": "make one page for reviewers of one record, or of what changed between two",
    "preflight": "compare tokens, templates and settings of two families before weights are loaded",
    "audit": "list the traits and behaviors that never failed or never passed in records",
    "store": "show, verify, prune or export the replies that were kept",
    "doctor": "say what this machine has, and what of a family would be loaded where",
}
"""What each command does, in the order of the help; `cli.NAME` does it."""


if __name__ == "__main__":
    sys.exit(main())
