"""`pytest-qwen report`: a page for reviewers, made from a record or from two."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_qwen.cli.output import file_to_write, output
from pytest_qwen.messages.error import CommandError
from pytest_qwen.report import page_of


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "record", metavar="RECORD", type=Path, help="a record that --qwen-record wrote"
    )
    parser.add_argument(
        "candidate",
        metavar="RECORD2",
        nargs="?",
        type=Path,
        help="another record: RECORD is then the baseline that it is compared with",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=file_to_write,
        required=True,
        help="write to FILE, which is replaced when all is written",
    )
    parser.add_argument(
        "--gate",
        metavar="GATE.json",
        type=Path,
        help="show what `pytest-qwen gate --out GATE.json` decided about the two records",
    )
    parser.add_argument(
        "--preflight",
        metavar="PREFLIGHT.json",
        type=Path,
        help="show what `pytest-qwen preflight --out PREFLIGHT.json` found to differ",
    )
    parser.add_argument(
        "--lang",
        choices=("en", "zh"),
        default="en",
        help="language of the page (default: %(default)s)",
    )
    parser.set_defaults(run=_report)


def _report(args: argparse.Namespace) -> int:
    two = args.candidate is not None
    for option in ("gate", "preflight"):
        if getattr(args, option) and not two:
            problem = "expected two records, got one: name the candidate as well"
            raise CommandError(f"--{option}: {problem}")
    inputs = (args.record, args.candidate, args.gate, args.preflight)
    if args.output.resolve() in {path.resolve() for path in inputs if path}:
        raise CommandError(f"{args.output}: the page is made from this file: name another with -o")
    if two:
        page = page_of(args.candidate, args.record, args.lang, args.gate, args.preflight)
    else:
        page = page_of(args.record, None, args.lang)
    with output(args.output) as file:
        file.write(page)
    print(f"{args.output}: {len(page) / 1_000_000:.1f} MB")
    return 0
