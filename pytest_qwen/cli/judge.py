"""`pytest-qwen judge`: judge replies that were recorded anywhere, without a model."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_qwen.cli.output import file_to_write, output
from pytest_qwen.cli.own_traits import declare_traits, load_traits
from pytest_qwen.messages.error import CommandError
from pytest_qwen.messages.visible import visible
from pytest_qwen.messages.whole_number import positive

if TYPE_CHECKING:
    from pytest_qwen.judging.line import LineAnswer

LONGEST = 2**25
"""Bytes of a line that are read: no reply is longer, and a file without an end of line may be."""

_WIPE = "\r\x1b[K"  # back to the beginning of the terminal's line, and clear it
_EVERY = 500

Tally = dict[str, Counter[tuple[object, bool | None]]]
"""For each trait, how often an expected verdict came with an answer that agrees, not, or none."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "cases",
        metavar="CASES",
        help="a file with a line for each verdict: id, output, trait, and args, of, prompt, "
        "template_opens_think, finish, expected where they matter; - is standard input. With "
        "--record or --template a file or a folder of behaviors",
    )
    parser.add_argument(
        "replies",
        metavar="REPLIES",
        nargs="?",
        help="with --record: a file with a line for each reply: behavior, role, prompt_id, sample, "
        "and text, or thinking and answer, finish where it is not stop; a record will do",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=file_to_write,
        help="write to FILE, which is replaced when all is written (default: standard output)",
    )
    declare_traits(parser)
    _declare_suite(parser)
    parser.set_defaults(run=_run)


def _declare_suite(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of judging by behavior files."""
    group = parser.add_argument_group("replies to behaviors, made elsewhere")
    group.add_argument(
        "--record",
        metavar="R.jsonl",
        type=file_to_write,
        help="write a record for gate, report and audit",
    )
    group.add_argument(
        "--template",
        metavar="FILE",
        type=file_to_write,
        help="write the lines to be answered instead; - is standard output",
    )
    group.add_argument(
        "--family", default="tiny", help="what fills sampling and prompts (default: %(default)s)"
    )
    group.add_argument(
        "--model",
        metavar="ROLE=NAME",
        action="append",
        default=[],
        help="whose replies these are; only roles that are named are judged; may repeat",
    )
    group.add_argument(
        "--samples", type=positive, help="samples of a case, not as the behaviors say"
    )
    group.add_argument("--seed-offset", type=positive, default=0, help="added to every seed")


def _run(args: argparse.Namespace) -> int:
    if args.replies or args.record or args.template:
        from pytest_qwen.cli.judge_suite import judge_suite

        return judge_suite(args, _lines)
    from pytest_qwen.judging.line import judge_line  # pydantic comes with it

    load_traits(args.traits)
    shown = "standard input" if args.cases == "-" else args.cases
    tally: Tally = {}
    bad, wipe = False, ""
    with output(args.output) as file:
        for number, text in _lines(args.cases):
            answer = judge_line(text, shown, number)
            line = json.dumps(answer.fields, ensure_ascii=False)
            # The only characters that UTF-8 lacks are lone surrogates; JSON escapes them so.
            file.write(line.encode("utf-8", "backslashreplace") + b"\n")
            if answer.problem:
                bad = True
                print(f"{wipe}{visible(str(answer.problem))}", file=sys.stderr)
            if answer.expected is not None:
                _count(tally, answer)
            if number % _EVERY == 0 and sys.stderr.isatty():
                wipe = _WIPE
                print(f"{wipe}{number:,} lines", end="", file=sys.stderr, flush=True)
        file.flush()
    if tally:
        shares = "; ".join(f"{name} {_agreement(of)}" for name, of in tally.items())
        print(f"{wipe}agreement: {visible(shares)}", file=sys.stderr)
    return 1 if bad else 0


def _lines(path: str) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers, one at a time."""
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as file:
            for number in count(1):
                line = rest = file.readline(LONGEST)
                if not line:
                    return
                while len(rest) == LONGEST and not rest.endswith(b"\n"):
                    rest = file.readline(LONGEST)
                if line.strip():
                    yield number, line
    except OSError as error:
        got = f"expected a file to read, got {error.strerror}"
        raise CommandError(f"{path}: {got}: name another, or - for standard input") from None


def _count(tally: Tally, answer: LineAnswer) -> None:
    known = answer.expected if isinstance(answer.expected, bool) else None
    tally.setdefault(answer.trait, Counter())[known, answer.agrees] += 1


def _agreement(of: Counter[tuple[object, bool | None]]) -> str:
    """Say how often the answer was the expected one, and for verdicts which way it was not."""
    agrees = sum(n for (_, same), n in of.items() if same)
    text = f"{agrees} of {of.total()} ({agrees / of.total():.1%})"
    hit, missed = of[True, True], of[True, False]
    right, wrong = of[False, True], of[False, False]
    if hit + missed:
        f1 = 2 * hit / (2 * hit + missed + wrong)
        text += f", recall {hit} of {hit + missed}, F1 {f1:.3f}"
    if right + wrong:
        text += f", false alarms {wrong} of {right + wrong}"
    left = sum(n for (_, same), n in of.items() if same is None)
    return f"{text}, {left} not judged" if left else text
