"""`pytest-qwen preflight`: what differs between two families, before any weight is loaded.

$ pytest-qwen preflight qwen3-4b-2507 candidate.yaml
BREAKING: qwen3-4b-2507 to candidate: 1 breaking, 2 harmless
…
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from pytest_qwen.cli.output import file_to_write, write
from pytest_qwen.cli.own_traits import declare_traits, load_traits, unusable
from pytest_qwen.cli.validate import suite_cases
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.family.family import bindings, load_family
from pytest_qwen.family.preflight import preflight
from pytest_qwen.family.preflight.artifact import artifact, table
from pytest_qwen.files.json_file import dumped
from pytest_qwen.files.yaml_lines import SpecError
from pytest_qwen.messages.error import CommandError
from pytest_qwen.spec.cases import Case

BREAKING = 20
"""Exit status of a breaking difference: that of REGRESSED in `pytest-qwen gate`."""

EXITS = """\
exit status: 0 no difference, or harmless ones; 20 a breaking one; 2 a wrong command line, or a
family, checkpoint or suite that cannot be read
"""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = EXITS
    for name, text in (("before", "what is in use"), ("after", "what is new")):
        parser.add_argument(
            name, metavar=f"FAMILY_{'AB'[name == 'after']}", help=f"{text}: a name or a file"
        )
    parser.add_argument(
        "--model",
        metavar="ROLE=CHECKPOINT",
        action="append",
        default=[],
        help="bind a role of FAMILY_B to another checkpoint, a folder or a hub id; may repeat",
    )
    parser.add_argument(
        "--suite",
        metavar="PATH",
        type=Path,
        action="append",
        help="say which of these behaviors are affected (default: behaviors, if it is there)",
    )
    parser.add_argument(
        "--out", metavar="FILE", type=file_to_write, help="write the differences as JSON"
    )
    declare_traits(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare, print, write what was asked for."""
    load_traits(args.traits)
    try:
        before = load_family(args.before)
        after = load_family(args.after, bindings(args.model))
        suite = _suite(args.suite)
        names = before.name, after.name
        outcome = artifact(names, preflight(before, after), suite, args.model)
    except ValueError as error:  # of --model
        raise CommandError(f"--model: {error}") from None
    except SpecError as error:
        raise unusable(error) from None
    except CheckpointError as error:
        raise CommandError(str(error)) from None
    print(table(outcome))
    write(args.out, dumped(outcome.model_dump(by_alias=True)), "--out")
    return BREAKING if outcome.verdict == "BREAKING" else 0


def _suite(paths: Sequence[Path] | None) -> Mapping[str, Sequence[Case]] | None:
    default = Path("behaviors")
    if paths is None and not default.is_dir():
        return None
    return suite_cases(paths or [default])
