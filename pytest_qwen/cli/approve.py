"""`pytest-qwen approve`: a person makes a record the baseline; a run in CI only proposes it."""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_qwen.cli.output import write
from pytest_qwen.gate.inputs import evidence
from pytest_qwen.messages.error import CommandError
from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.visible import visible
from pytest_qwen.record.baseline import approvals
from pytest_qwen.record.codec import decode_as, written
from pytest_qwen.record.parts import ReviewNote
from pytest_qwen.record.schema import Approval, Review

if TYPE_CHECKING:
    from pytest_qwen.gate.compared.evidence import Evidence


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("candidate", metavar="CANDIDATE", type=Path, help="a complete record")
    parser.add_argument(
        "--as", dest="baseline", metavar="BASELINE", type=Path, required=True, help="its place"
    )
    parser.add_argument("--by", metavar="WHO", type=_text, required=True, help="who approves")
    parser.add_argument("--why", metavar="TEXT", type=_text, required=True, help="and why")
    parser.add_argument(
        "--notes",
        metavar="NOTES.json",
        type=Path,
        help="what a reviewer noted in the report's page; kept with the approval, and a case that "
        "they reject stops it",
    )
    parser.set_defaults(run=run)


def _text(text: str) -> str:
    if text.strip():
        return text.strip()
    raise argparse.ArgumentTypeError("expected a text, got none")


def run(args: argparse.Namespace) -> int:
    """Copy the record to the baseline's place and note the approval beside it."""
    candidate = evidence(args.candidate)
    if candidate.wrong:
        raise CommandError(candidate.wrong[0])
    if why := _not_complete(candidate):
        raise CommandError(f"{args.candidate}: expected a complete record, got {why}")
    with suppress(OSError):  # writing says why
        args.baseline.parent.mkdir(parents=True, exist_ok=True)
    data, proposed = _read(args.candidate), args.baseline.with_name(f"{args.baseline.name}.new")
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        write(proposed, data, "--as")
        print(f"{proposed}: proposed, since this is a run in CI; to approve it, type elsewhere:")
        print(f"  pytest-qwen approve {proposed} --as {args.baseline} --by … --why …")
        return 0
    notes = _notes(args.notes, candidate) if args.notes else []
    replaced = hashlib.sha256(_read(args.baseline)).hexdigest() if args.baseline.exists() else None
    approval = Approval(
        by=args.by,
        why=args.why,
        when=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        sha256=hashlib.sha256(data).hexdigest(),
        before=replaced,
        notes=notes,
    )
    before = _size(args.baseline)
    history = approvals(args.baseline)
    lines = _read(history) if history.exists() else b""
    write(args.baseline, data, "--as")
    write(history, lines + written(approval).encode(), "--as")
    if args.candidate == proposed:
        proposed.unlink(missing_ok=True)
    n = len(candidate.expected or ())
    more = f" (before it had {before})" if before > n else ""
    print(f"{args.baseline}: {n} cases{more} approved by {args.by}, noted in {history}")
    return 0


def _size(baseline: Path) -> int:
    """Count the cases of the baseline that is replaced; 0 where there is none that can be read."""
    try:
        return len(evidence(baseline).expected or ()) if baseline.exists() else 0
    except CommandError:
        return 0


ENDED = {2: "was interrupted", 3: "failed by an internal error"}
"""Of pytest's exit statuses those of a run that did not come to its end."""


def _not_complete(candidate: Evidence) -> str:
    """Say why a record is not that of a whole run, "" where it is."""
    if candidate.expected is None:
        return "a run that was cut off: run it again"
    if candidate.look is not None:
        return "a run that a look ended: run it whole"
    expected = set(candidate.expected)
    reported = len(expected & (candidate.cases.keys() | candidate.others))
    if candidate.status not in ENDED and reported == len(expected):
        return _lacking(candidate)
    how = ENDED.get(candidate.status or 0, "ended early")
    return f"a run that {how} after {reported} of {len(expected)} cases: run it whole"


def _lacking(candidate: Evidence) -> str:
    """Say which cases lack replies, "" where all have theirs; what was skipped has to have none."""
    lacking: dict[str, str] = {}
    for case in candidate.cases.values():
        n = (case.asked and case.asked.samples) or 1
        if not case.is_skipped and (kinds := case.lacking(case.samples, n)):
            lacking[case.case] = kinds[0]
    if not lacking:
        return ""
    first, kind = next(iter(lacking.items()))
    n = len(candidate.cases)
    return (
        f"{len(lacking)} of {n} {'case' if n == 1 else 'cases'} without all replies, the first is "
        f"{visible(first)} ({visible(kind)}): run it again, only what is missing is generated"
    )


def _notes(path: Path, candidate: Evidence) -> list[ReviewNote]:
    """Return what a reviewer noted of this record.

    Raises:
        CommandError: it is no notes, of another record, rejects a case, or names one that the
            record lacks.
    """
    try:
        review = decode_as(Review, _read(path))
    except ValueError as error:
        do = "download a reviewer's notes from the report's page"
        raise CommandError(f"{path}: {error}: {do}") from None
    if review.record != candidate.digest:
        raise CommandError(f"{path}: expected notes on this record, got those on another")
    if rejected := [note for note in review.notes if note.decision == "reject"]:
        first = f"{visible(rejected[0].case)}, {shorten(rejected[0].note)}"
        raise CommandError(
            f"{path}: expected no rejected case, got {len(rejected)}, the first is {first}"
        )
    known = candidate.others.union(candidate.ids)
    if strange := [note.case for note in review.notes if note.case not in known]:
        got = f"{visible(shorten(strange[0]))}, which it lacks"
        raise CommandError(f"{path}: expected notes on cases of {candidate.path}, got {got}")
    return review.notes


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: expected a file, got {error.strerror}") from None
