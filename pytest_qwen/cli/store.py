"""`pytest-qwen store`: show, verify, prune and export the replies that were kept."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pytest_qwen.cli.output import block, file_to_write, output, sentence
from pytest_qwen.engine.store_admin import StoreAdmin
from pytest_qwen.messages.size import readable

OF_OLDER = "of an older release: `store prune` removes them"

DEFAULT_STORE = ".qwen/store"
"""Where pytest keeps replies, from the root of a project."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def action(name: str, run: Callable[..., int], text: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=text, description=sentence(text))
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
    text = "remove old replies, and those that no run uses; give their space back to the disk"
    prune = action("prune", _prune, text)
    prune.add_argument(
        "--days",
        metavar="N",
        type=_days,
        help="remove what was made at least N times 24 hours ago (default: only what was kept by "
        "an older release, which no run uses)",
    )
    export = action("export", _export, "write every reply as JSON, one a line, in UTF-8")
    export.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=file_to_write,
        help="write to FILE, which is replaced when all is written (default: standard output)",
    )


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a number of days, 0 or more, got {text!r}")


def _show(args: argparse.Namespace) -> int:
    with closing(StoreAdmin(args.folder, read_only=True)) as store:
        held = store.summary()
    block(
        store.path,
        replies=f"{held.replies:,}",
        size=readable(held.size),
        oldest=f"{held.oldest} UTC" if held.oldest else "none",
        newest=f"{held.newest} UTC" if held.newest else "none",
        **({"unused": f"{held.unused:,} {OF_OLDER}"} if held.unused else {}),
    )
    return 0


def _verify(args: argparse.Namespace) -> int:
    with closing(StoreAdmin(args.folder)) as store:
        good, dropped = store.verify()
    again = ": the next run generates anew what it needs" if dropped else ""
    block(store.path, good=_replies(good), dropped=_replies(dropped) + again)
    return 1 if dropped else 0


def _prune(args: argparse.Namespace) -> int:
    with closing(StoreAdmin(args.folder)) as store:
        before = store.summary().size
        removed = store.prune(args.days)
        held = store.summary()
    size = f"{readable(held.size)}, before {readable(before)}"
    block(store.path, removed=_replies(removed), kept=_replies(held.replies), size=size)
    return 0


def _export(args: argparse.Namespace) -> int:
    written = size = damaged = 0
    with closing(StoreAdmin(args.folder, read_only=True)) as store, output(args.output) as file:
        for reply in store.export():
            if reply:
                text = json.dumps(reply.to_json(), ensure_ascii=False)
                # The only characters that UTF-8 lacks are lone surrogates; JSON escapes them so.
                size += file.write(text.encode("utf-8", "backslashreplace") + b"\n")
                written += 1
            else:
                damaged += 1
    if args.output:
        block(args.output, written=_replies(written), size=readable(size))
    if damaged:
        problem = f"expected sound replies, got {damaged:,} damaged, left out: run `store verify`"
        print(f"{store.path}: {problem}", file=sys.stderr)
    return 0


def _replies(count: int) -> str:
    return f"{count:,} {'reply' if count == 1 else 'replies'}"
