"""The command `pytest-qwen`: what is done with the leavings of runs, without a run.

    pytest-qwen store show

A command is one function in `COMMANDS` that declares its arguments and the function that runs it.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from pytest_qwen.engine.store import StoreError
from pytest_qwen.engine.store_admin import StoreAdmin

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - no other name

DEFAULT_STORE = ".qwen/store"
"""Where pytest keeps replies, from the root of a project."""


class CommandError(Exception):
    """What keeps a command from its work. Its text is the line that the user sees."""


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


def _add_store(commands: Commands) -> None:
    text = "show, verify, prune or export the replies that were kept"
    store = commands.add_parser("store", help=text, description=_sentence(text))
    actions = store.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def action(name: str, run: Callable[..., int], text: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=text, description=_sentence(text))
        made.add_argument(
            "folder",
            metavar="DIR",
            nargs="?",
            type=Path,
            default=Path(DEFAULT_STORE),
            help="folder of the store, as --qwen-store has it (default: %(default)s)",
        )
        made.set_defaults(run=run)
        return made

    action("show", _show, "say how many replies are kept, and since when")
    action("verify", _verify, "read every reply and drop damaged ones; exit status 1 if any")
    prune = action("prune", _prune, "remove old replies and give their space back to the disk")
    prune.add_argument(
        "--days",
        metavar="N",
        type=_days,
        required=True,
        help="remove what was made at least N times 24 hours ago",
    )
    export = action("export", _export, "write every reply as JSON, one a line, in UTF-8")
    export.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        help="write to FILE, which is replaced when all is written (default: standard output)",
    )


COMMANDS: tuple[Callable[[Commands], None], ...] = (_add_store,)
"""What declares each command, in the order of the help."""


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a number of days, 0 or more, got {text!r}")


def _show(args: argparse.Namespace) -> int:
    with closing(StoreAdmin(args.folder)) as store:
        held = store.summary()
    _print(
        store.path,
        replies=f"{held.replies:,}",
        size=_size(held.size),
        oldest=f"{held.oldest} UTC" if held.oldest else "none",
        newest=f"{held.newest} UTC" if held.newest else "none",
    )
    return 0


def _verify(args: argparse.Namespace) -> int:
    with closing(StoreAdmin(args.folder)) as store:
        good, dropped = store.verify()
    again = ": the next run generates anew what it needs" if dropped else ""
    _print(store.path, good=_replies(good), dropped=_replies(dropped) + again)
    return 1 if dropped else 0


def _prune(args: argparse.Namespace) -> int:
    with closing(StoreAdmin(args.folder)) as store:
        before = store.summary().size
        removed = store.prune(args.days)
        held = store.summary()
    size = f"{_size(held.size)}, before {_size(before)}"
    _print(store.path, removed=_replies(removed), kept=_replies(held.replies), size=size)
    return 0


def _export(args: argparse.Namespace) -> int:
    written = size = damaged = 0
    with closing(StoreAdmin(args.folder)) as store, _output(args.output) as file:
        for reply in store.export():
            if reply:
                text = json.dumps(reply.to_json(), ensure_ascii=False)
                # The only characters that UTF-8 lacks are lone surrogates; JSON escapes them so.
                size += file.write(text.encode("utf-8", "backslashreplace") + b"\n")
                written += 1
            else:
                damaged += 1
    if args.output:
        _print(args.output, written=_replies(written), size=_size(size))
    if damaged:
        told = f"expected sound replies, got {damaged:,} damaged, left out: run `store verify`"
        print(f"{store.path}: {told}", file=sys.stderr)
    return 0


@contextmanager
def _output(path: Path | None) -> Iterator[BinaryIO]:
    """Open what `-o` names, standard output if nothing; a file is replaced as a whole or not."""
    if path is None:
        yield sys.stdout.buffer
        return
    part = None
    try:
        if path.exists() and not path.is_file():  # a device or a pipe cannot be replaced
            with path.open("wb") as file:
                yield file
            return
        target = path.resolve()  # the file itself, not a link to it
        part = target.with_name(f"{target.name}.{os.getpid()}.part")
        with part.open("wb") as file:
            yield file
        part.replace(target)
    except OSError as error:
        raise CommandError(
            f"{path}: expected a file to write, got {error.strerror}: name another with -o"
        ) from None
    finally:
        if part:
            with suppress(OSError):
                part.unlink()


def _print(title: Path, **lines: str) -> None:
    print(title)
    width = max(map(len, lines))
    for name, text in lines.items():
        print(f"  {name:{width}}  {text}")


def _replies(count: int) -> str:
    return f"{count:,} {'reply' if count == 1 else 'replies'}"


def _size(size: float) -> str:
    if size < 1024:
        return f"{size:.0f} B"
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if size < 1024 or unit == "GiB":
            break
    return f"{size:,.1f} {unit}"


if __name__ == "__main__":
    sys.exit(main())
