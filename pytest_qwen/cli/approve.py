"""`pytest-qwen approve`: a person makes a record the baseline; a run in CI only proposes it."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ValidationError

from pytest_qwen.cli.output import write
from pytest_qwen.gate.inputs import evidence
from pytest_qwen.messages.error import CommandError
from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.visible import visible
from pytest_qwen.record.reading import approvals

if TYPE_CHECKING:
    from pytest_qwen.gate.evidence import Evidence


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("candidate", metavar="CANDIDATE", type=Path, help="a complete record")
    parser.add_argument(
        "--as", dest="baseline", metavar="BASELINE", type=Path, required=True, help="its place"
    )
    parser.add_argument("--by", metavar="WHO", type=_said, required=True, help="who approves")
    parser.add_argument("--why", metavar="TEXT", type=_said, required=True, help="and why")
    parser.add_argument(
        "--notes",
        metavar="NOTES.json",
        type=Path,
        help="what a reviewer noted in the report's page; kept with the approval, and a case that "
        "they reject stops it",
    )
    parser.set_defaults(run=run)


def _said(text: str) -> str:
    if text.strip():
        return text.strip()
    raise argparse.ArgumentTypeError("expected a text, got none")


def run(args: argparse.Namespace) -> int:
    """Copy the record to the baseline's place and note the approval beside it."""
    found = evidence(args.candidate)
    if found.wrong:
        raise CommandError(found.wrong[0])
    if found.expected is None:
        told = "expected a complete record, got a run that was cut off: run it again"
        raise CommandError(f"{args.candidate}: {told}")
    if found.look is not None:
        told = "expected a complete record, got a run that a look ended: run it whole"
        raise CommandError(f"{args.candidate}: {told}")
    if ended := _ended_early(found):
        raise CommandError(f"{args.candidate}: expected a complete record, got {ended}")
    with suppress(OSError):  # writing says why
        args.baseline.parent.mkdir(parents=True, exist_ok=True)
    data, proposed = _read(args.candidate), args.baseline.with_name(f"{args.baseline.name}.new")
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        write(proposed, data, "--as")
        print(f"{proposed}: proposed, since this is a run in CI; to approve it, type elsewhere:")
        print(f"  pytest-qwen approve {proposed} --as {args.baseline} --by … --why …")
        return 0
    notes = _notes(args.notes, hashlib.sha256(data).hexdigest()) if args.notes else []
    approval = {
        "by": args.by,
        "why": args.why,
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "sha256": hashlib.sha256(data).hexdigest(),
        "before": hashlib.sha256(_read(args.baseline)).hexdigest()
        if args.baseline.exists()
        else None,
        "notes": notes,
    }
    before = _size(args.baseline)
    history = approvals(args.baseline)
    lines = _read(history) if history.exists() else b""
    write(args.baseline, data, "--as")
    write(history, lines + json.dumps(approval, ensure_ascii=False).encode() + b"\n", "--as")
    if args.candidate == proposed:
        proposed.unlink(missing_ok=True)
    more = f" (before it had {before})" if before > len(found.expected) else ""
    said = f"{len(found.expected)} cases{more} approved by {args.by}, noted in {history}"
    print(f"{args.baseline}: {said}")
    return 0


def _size(baseline: Path) -> int:
    """Count the cases of the baseline that is replaced; 0 where there is none that can be read."""
    try:
        return len(evidence(baseline).expected or ()) if baseline.exists() else 0
    except CommandError:
        return 0


ENDED = {2: "was interrupted", 3: "failed by an internal error"}
"""Of pytest's exit statuses those of a run that did not come to its end."""


def _ended_early(found: Evidence) -> str:
    """Say how a run stopped before all its cases were done, though its record has an end."""
    expected = set(found.expected or ())
    reported = len(expected & (found.cases.keys() | found.others))
    if found.status not in ENDED and reported == len(expected):
        return ""
    how = ENDED.get(found.status or 0, "ended early")
    return f"a run that {how} after {reported} of {len(expected)} cases: run it whole"


class _Note(BaseModel):
    case: str
    decision: Literal["", "accept", "reject"] = ""
    note: str = ""


class _Notes(BaseModel):
    kind: Literal["notes"]
    record: str
    notes: list[_Note]


def _notes(path: Path, digest: str) -> list[dict[str, str]]:
    """Return what a reviewer noted of this record.

    Raises:
        CommandError: it is no notes, of another record, or rejects a case.
    """
    try:
        found = _Notes.model_validate_json(_read(path))
    except ValidationError as error:
        where = ".".join(map(str, error.errors(include_url=False)[0]["loc"])) or "JSON"
        raise CommandError(
            f"{path}: expected {where} of a reviewer's notes: download them from the report's page"
        ) from None
    if found.record != digest:
        raise CommandError(f"{path}: expected notes on this record, got those on another")
    if rejected := [one for one in found.notes if one.decision == "reject"]:
        first = f"{visible(rejected[0].case)}, {shorten(rejected[0].note)}"
        raise CommandError(
            f"{path}: expected no rejected case, got {len(rejected)}, the first is {first}"
        )
    return [one.model_dump() for one in found.notes]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: expected a file, got {error.strerror}") from None
