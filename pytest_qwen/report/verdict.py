"""What the gate decided about two records, as `pytest-qwen gate --out` wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pytest_qwen.report.run import ReportError, Run

_DO = "name what `pytest-qwen gate --out` wrote for these records"


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)


class _Policy(_Part):
    margin: float


class _Side(_Part):
    sha256: str


class Gated(_Part):
    """One gated name: the change of its rate with both bounds, as fractions."""

    name: str
    verdict: str | None = None
    change: float
    lower: float | None = None
    upper: float | None = None


class Decision(_Part):
    """The verdict, why, the margin it was held against, and the gated rates."""

    verdict: Literal["PASS", "MINOR", "REGRESSED", "INCONCLUSIVE", "INVALID"]
    reasons: list[str] = []
    policy: _Policy
    baseline: _Side
    candidate: _Side
    gated: list[Gated] = []
    severe: list[Any] = []

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
    try:
        found = Decision.model_validate_json(path.read_bytes())
    except OSError as error:
        told = f"expected a gate's decision, got {error.strerror}"
        raise ReportError(f"{path}: {told}: {_DO}") from None
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"])) or "JSON"
        raise ReportError(f"{path}: expected {where} of a gate's decision: {_DO}") from None
    if (found.baseline.sha256, found.candidate.sha256) != (was.digest, now.digest):
        raise ReportError(f"{path}: expected these records, got the decision on others: {_DO}")
    return found
