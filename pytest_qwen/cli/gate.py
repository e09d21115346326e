"""`pytest-qwen gate`: compare two records, decide, and say why."""

from __future__ import annotations

import argparse
import gc
from pathlib import Path

from pytest_qwen.cli.output import file_to_write, write
from pytest_qwen.gate.inputs import evidence, read_policy
from pytest_qwen.messages.error import CommandError
from pytest_qwen.messages.reason import LANGUAGES

EXITS = """\
exit status: 0 PASS or MINOR, 20 REGRESSED, 21 INCONCLUSIVE, 22 INVALID, 2 a wrong command line or a
file that cannot be used
"""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = EXITS
    parser.add_argument("baseline", metavar="BASELINE", type=Path, help="record of what is in use")
    parser.add_argument("candidate", metavar="CANDIDATE", type=Path, help="record of what is new")
    parser.add_argument(
        "--more",
        nargs=2,
        metavar=("BASELINE2", "CANDIDATE2"),
        type=Path,
        action="append",
        default=[],
        help="records of both with other seeds, pooled with the first where those were "
        "INCONCLUSIVE; may repeat",
    )
    for option, name, text in (
        ("--policy", "P.yaml", "margin, gated traits and more (default: the suite, 10 points)"),
        (
            "--out",
            "gate.json",
            "write the decision as JSON; an earlier decision in it is an attempt",
        ),
        ("--summary", "S.md", "write a summary for a pull request, in Markdown"),
        ("--junit", "J.xml", "write JUnit XML with a testcase for each gated trait"),
    ):
        kind = Path if option == "--policy" else file_to_write
        parser.add_argument(option, metavar=name, type=kind, help=text)
    parser.add_argument(
        "--lang", choices=LANGUAGES, default="en", help="language of table, summary and JUnit XML"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare, print, write what was asked for."""
    try:
        from pytest_qwen.gate.attempts import attempt_of, earlier_at
        from pytest_qwen.gate.build_artifact import artifact, file_of
        from pytest_qwen.gate.decision import decide, reruns
        from pytest_qwen.gate.outcome import EXIT
        from pytest_qwen.gate.shown.junit import junit
        from pytest_qwen.gate.shown.markdown import summary
        from pytest_qwen.gate.shown.table import table

        gc.disable()  # millions of small tuples, none of them in a cycle: a third of the time
        policy = read_policy(args.policy)
        paths = [(args.baseline, args.candidate), *args.more]
        rounds = [(evidence(baseline), evidence(candidate)) for baseline, candidate in paths]
        earlier = earlier_at(args.out, rounds)
        attempt = attempt_of(rounds, earlier)
        decision = reruns(decide(*rounds[0], policy, rounds[1:]), attempt)
        decided = artifact(decision, rounds, attempt, earlier)
    except ModuleNotFoundError as error:
        raise CommandError(
            f"the gate needs {error.name}, which is not installed: "
            "type `pip install 'pytest-qwen[gate]'`"
        ) from None
    print(table(decided, args.lang))
    write(args.out, file_of(decided), "--out")
    write(args.summary, summary(decided, args.lang).encode() if args.summary else b"", "--summary")
    write(args.junit, junit(decided, args.lang) if args.junit else b"", "--junit")
    return EXIT[decision.outcome]
