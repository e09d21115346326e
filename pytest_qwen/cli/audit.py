"""`pytest-qwen audit`: the traits and behaviors that never failed, or never passed, in records.

A check that says the same of everything that it was ever shown has shown nothing yet: it is too
weak or too strong, or nobody has tried it on a model that lacks the behavior.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pytest_qwen.messages.error import CommandError
from pytest_qwen.messages.visible import visible
from pytest_qwen.record.check_names import called
from pytest_qwen.record.record import SNAPSHOT, Line, read_record

Outcomes = dict[str, Counter[bool]]
"""By name, how often something failed and passed; what has no verdict is no outcome."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "records", metavar="RECORD", nargs="+", type=Path, help="a record, as --qwen-record has it"
    )
    parser.set_defaults(run=_audit)


def _audit(args: argparse.Namespace) -> int:
    traits: Outcomes = {}
    behaviors: Outcomes = {}
    n_samples = 0
    for path in args.records:
        for line in _judged(path):
            n_samples += line["kind"] == "sample"
            asked = line["verdicts"] if line["kind"] == "sample" else [line]
            verdicts = [v for v in asked if v["passed"] is not None]
            for verdict in verdicts:
                _count(traits, called(verdict["trait"], verdict["args"]), verdict["passed"])
            if verdicts:
                name = f"{line['behavior']} ({line['role']})"
                _count(behaviors, name, all(v["passed"] for v in verdicts))
    print(f"samples: {n_samples:,}, traits: {len(traits)}, behaviors by role: {len(behaviors)}")
    for outcomes, kind in ((traits, "traits"), (behaviors, "behaviors")):
        for missing, word in ((False, "failed"), (True, "passed")):
            never = {name: counts for name, counts in outcomes.items() if not counts[missing]}
            _print(f"{kind} that never {word}", never)
    return 0


def _judged(path: Path) -> Iterator[Line]:
    """Yield the samples of a record that were judged, and what was judged of whole cases.

    Snapshots are left out: they check nothing but that a text is the same.
    """
    try:
        for line in read_record(path):
            is_sample = line["kind"] == "sample" and line["verdicts"]
            is_case = line["kind"] == "case" and line["trait"] != SNAPSHOT and not line["error"]
            if is_sample or is_case:
                yield line
    except OSError as error:
        told = f"expected a record, got {error.strerror}: run pytest first, or name another"
        raise CommandError(f"{path}: {told}") from None
    except (ValueError, TypeError, KeyError) as error:
        told = f"expected a record, as --qwen-record writes it, got another file ({error})"
        raise CommandError(f"{path}: {told}") from None


def _count(outcomes: Outcomes, name: str, passed: bool) -> None:
    outcomes.setdefault(name, Counter())[passed] += 1


def _print(title: str, outcomes: Outcomes) -> None:
    print(f"{title}: {len(outcomes) or 'none'}")
    for name, counts in sorted(outcomes.items()):
        print(f"  {visible(name)}: passed {counts[True]:,} of {counts.total():,}")
