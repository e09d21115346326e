"""The words of a decision that the terminal's table, the Markdown summary and JUnit share."""

from __future__ import annotations

from pytest_qwen.gate.artifact import Artifact, RateChange
from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.messages.reason import Reason


def headline(gate: Artifact) -> Reason:
    """Return the verdict and what it means for the two records."""
    paths = {"baseline": gate.baseline.path, "candidate": gate.candidate.path}
    match gate.verdict:
        case Outcome.PASS:
            return Reason("gate.is_pass", **paths)
        case Outcome.MINOR:
            return Reason("gate.is_minor", **paths)
        case Outcome.REGRESSED:
            return Reason("gate.is_regressed", **paths)
        case Outcome.INCONCLUSIVE:
            return Reason("gate.is_inconclusive", **paths)
        case Outcome.INVALID:
            return Reason("gate.is_invalid", **paths)


def rates(row: RateChange) -> Reason:
    """Return a row's rates and change."""
    before, after, change = 100 * row.baseline, 100 * row.candidate, 100 * row.change
    return Reason("gate.rates", name=row.name, before=before, after=after, change=change)


def worse(gate: Artifact, most: int) -> list[Reason]:
    """Return the rates that are lower than before and not gated, the likeliest losses first."""
    return [rates(row) for row in gate.advisory if row.change < 0][:most]


HEAD = (
    "",
    Reason("gate.before"),
    Reason("gate.after"),
    Reason("gate.change"),
    Reason("gate.bounds"),
    Reason("gate.margin"),
    "p",
    "",
)
"""The head of the table of gated names."""


def cells(row: RateChange, margin: float) -> list[str]:
    """Return a row of the table: name, before, after, change, interval, margin, p, verdict."""
    verdict = str(row.verdict)
    return [
        row.name,
        f"{100 * row.baseline:.1f} %",
        f"{100 * row.candidate:.1f} %",
        _points(row.change),
        f"{_points(row.lower)} .. {_points(row.upper)}",
        f"{-100 * margin:g}",
        f"{row.p_adjusted:.2g}",
        Reason("gate.better", verdict=verdict) if row.improved else verdict,
    ]


def _points(fraction: float | None) -> str:
    """Return a change in points, with its sign.

    >>> _points(-0.1034)
    '-10.3'
    """
    return "–" if fraction is None else f"{100 * fraction:+.1f}"
