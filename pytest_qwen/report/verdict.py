"""What the gate decided about two records, as `pytest-qwen gate --out` wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pytest_qwen.report.given import Part, load
from pytest_qwen.report.run import ReportError, Run

_DO = "name what `pytest-qwen gate --out` wrote for these records"


class _Policy(Part):
    margin: float


class _Side(Part):
    sha256: str


class Gated(Part):
    """One gated name: the change of its rate with both bounds, as fractions."""

    name: str
    verdict: str | None = None
    change: float
    lower: float | None = None
    upper: float | None = None


class Decision(Part):
    """The verdict, why, the margin it was held against, and the gated rates."""

    verdict: Literal["PASS", "MINOR", "REGRESSED", "INCONCLUSIVE", "INVALID"]
    reasons: tuple[str, ...] = ()
    policy: _Policy
    baseline: _Side
    candidate: _Side
    gated: tuple[Gated, ...] = ()
    severe: tuple[Any, ...] = ()

    @property
    def reach(self) -> float:
        """The greatest change that the plot has to show."""
        bounds = [abs(b) for row in self.gated for b in (row.change, row.lower, row.upper) if b]
        return min(1.0, max([1.5 * self.policy.margin, *bounds]) * 1.1) or 1.0

    def at(self, change: float) -> float:
        """Return where a change stands in the plot, between 0 and 1."""
        return min(1.0, max(0.0, 0.5 + change / self.reach / 2))


def read(path: Path, now: Run, was: Run) -> Decision:
    """Read a decision about these two records.

    Raises:
        ReportError: it cannot be read, or was made of other records.
    """
    found = load(Decision, path, "a gate's decision", _DO)
    if (found.baseline.sha256, found.candidate.sha256) != (was.digest, now.digest):
        raise ReportError(f"{path}: expected these records, got the decision on others: {_DO}")
    return found
