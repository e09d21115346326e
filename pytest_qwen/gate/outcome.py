"""The verdicts of a gate.

PASS          it cannot have dropped by the margin
MINOR         it is significantly worse, by less than the margin
REGRESSED     it is significantly worse, possibly by the margin or more
INCONCLUSIVE  the samples are too few, or missing, to say either
INVALID       of a whole gate: the records cannot be compared
"""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """A verdict; see the module."""

    PASS = "PASS"  # noqa: S105
    MINOR = "MINOR"
    REGRESSED = "REGRESSED"
    INCONCLUSIVE = "INCONCLUSIVE"
    INVALID = "INVALID"


EXIT = {
    Outcome.PASS: 0,
    Outcome.MINOR: 0,
    Outcome.REGRESSED: 20,
    Outcome.INCONCLUSIVE: 21,
    Outcome.INVALID: 22,
}
"""Exit statuses. 1 is left to a traceback, 2 to a usage error."""
