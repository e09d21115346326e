"""JSON that is shown beside two records: what the gate decided, what preflight found."""

from __future__ import annotations

from pathlib import Path

from pytest_qwen.files.json_file import load
from pytest_qwen.gate.artifact import Artifact, read_artifact
from pytest_qwen.messages.error import CommandError
from pytest_qwen.record.preflight import Preflight
from pytest_qwen.report.run import RecordedRun


def read_decision(path: Path, now: RecordedRun, was: RecordedRun) -> Artifact:
    """Read a decision about these two records.

    Raises:
        CommandError: it cannot be read, or was made of other records.
    """
    decision = read_artifact(path)
    if (decision.baseline.sha256, decision.candidate.sha256) != (was.digest, now.digest):
        problem = "expected these records, got the decision on others"
        do = "name what `pytest-qwen gate --out` wrote for these records"
        raise CommandError(f"{path}: {problem}: {do}")
    return decision


def read_preflight(path: Path) -> Preflight:
    """Read what preflight found.

    Raises:
        CommandError: it cannot be read, or is something else.
    """
    return load(
        Preflight, path, "what preflight found", "name what `pytest-qwen preflight --out` wrote"
    )


def same_families(preflight: Preflight, now: RecordedRun, was: RecordedRun) -> bool:
    """Say whether the families are called as those of the records are."""
    return (preflight.before, preflight.after) == (was.header.family, now.header.family)
