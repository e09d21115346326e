"""What the gate decided about two records, as `pytest-qwen gate --out` wrote it."""

from __future__ import annotations

from pathlib import Path

from pytest_qwen.gate.artifact import Artifact
from pytest_qwen.report.given import load
from pytest_qwen.report.run import RecordedRun, ReportError

_DO = "name what `pytest-qwen gate --out` wrote for these records"


def read(path: Path, now: RecordedRun, was: RecordedRun) -> Artifact:
    """Read a decision about these two records.

    Raises:
        ReportError: it cannot be read, or was made of other records.
    """
    decision = load(Artifact, path, "a gate's decision", _DO)
    if (decision.baseline.sha256, decision.candidate.sha256) != (was.digest, now.digest):
        raise ReportError(f"{path}: expected these records, got the decision on others: {_DO}")
    return decision
