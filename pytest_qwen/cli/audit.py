"""`pytest-qwen audit`: the traits and behaviors that never failed, or never passed, in records.

A check that says the same of everything that it was ever shown has shown nothing yet: it is too
weak or too strong, or nobody has tried it on a model that lacks the behavior.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from pytest_qwen.messages.error import CommandError
from pytest_qwen.messages.visible import visible
from pytest_qwen.record.case import RecordedCase
from pytest_qwen.record.parts import RecordedVerdict
from pytest_qwen.record.reading import RecordError, read_lines
from pytest_qwen.record.schema import SNAPSHOT, CaseLine, EndLine, SampleLine

Outcomes = dict[str, Counter[bool]]
"""By name, how often something was missed and met; what has no verdict is no outcome."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "records", metavar="RECORD", nargs="+", type=Path, help="a record, as --qwen-record has it"
    )
    parser.set_defaults(run=_audit)


def _audit(args: argparse.Namespace) -> int:
    traits: Outcomes = {}
    behaviors: Outcomes = {}
    n_samples, ended = 0, set[Path]()
    for path in args.records:
        for case in _cases(path, ended):
            n_samples += sum(bool(sample.verdicts) for sample in case.samples)
            for verdict in _verdicts(case):
                if verdict.met is not None:
                    _count(traits, verdict.called, verdict.met)
            if case.state not in ("error", "skipped"):
                behavior, role, _ = case.names
                _count(behaviors, f"{behavior} ({role})", case.kept)
    print(f"samples: {n_samples:,}, traits: {len(traits)}, behaviors by role: {len(behaviors)}")
    for path in args.records:
        if path not in ended:
            print(f"{path}: the run was cut off: cases that it did not reach are not counted")
    for outcomes, kind in ((traits, "traits"), (behaviors, "behaviors")):
        for missing, word in ((False, "failed"), (True, "passed")):
            never = {name: counts for name, counts in outcomes.items() if not counts[missing]}
            _print(f"{kind} that never {word}", never)
    return 0


def _cases(path: Path, ended: set[Path]) -> Iterator[RecordedCase]:
    """Yield the cases of a record, one after the other: the lines of a case stand together.

    A record whose run was not cut off is added to `ended`.
    """
    try:
        for _, lines in groupby(_lines(path, ended), key=lambda line: line.case):
            yield from RecordedCase.of(lines)
    except OSError as error:
        got = f"expected a record, got {error.strerror}: run pytest first, or name another"
        raise CommandError(f"{path}: {got}") from None
    except RecordError as error:
        raise CommandError(str(error)) from None


def _lines(path: Path, ended: set[Path]) -> Iterator[SampleLine | CaseLine]:
    for _, _, line in read_lines(path):
        if isinstance(line, EndLine):
            ended.add(path)
        if isinstance(line, RecordError):
            raise line
        if isinstance(line, SampleLine | CaseLine):
            yield line


def _verdicts(case: RecordedCase) -> Iterator[RecordedVerdict | CaseLine]:
    """Yield the verdicts on samples, and those on the whole case.

    Snapshots are left out: they check nothing but that a text is the same.
    """
    for sample in case.samples:
        yield from sample.verdicts
    yield from (line for line in case.wholes if line.trait != SNAPSHOT and not line.error)


def _count(outcomes: Outcomes, name: str, met: bool) -> None:
    outcomes.setdefault(name, Counter())[met] += 1


def _print(title: str, outcomes: Outcomes) -> None:
    print(f"{title}: {len(outcomes) or 'none'}")
    for name, counts in sorted(outcomes.items()):
        print(f"  {visible(name)}: passed {counts[True]:,} of {counts.total():,}")
