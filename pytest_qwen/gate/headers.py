"""What the headers of two records say of their runs, whatever a header holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_qwen.gate.evidence import Evidence
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.vocabulary import ROLES


def checkpoint(run: Mapping[str, Any], role: str) -> Mapping[str, Any]:
    """Return what a record's header says of a role's checkpoint."""
    checkpoints = run.get("checkpoints")
    entry = checkpoints.get(role) if isinstance(checkpoints, dict) else None
    return entry if isinstance(entry, dict) else {}


def fingerprints(evidence: Evidence) -> list[Any]:
    """Return the fingerprints of a run's checkpoints, by role."""
    return [checkpoint(evidence.run, role).get("fingerprint") for role in ROLES]


def notes(baseline: Evidence, candidate: Evidence) -> Iterator[Reason]:
    """Yield what differs and may explain a change, without keeping it from being compared."""
    if baseline.digest and baseline.digest == candidate.digest:
        yield Reason("gate.same_records")
    yield from _relations_left_out(baseline, candidate)
    before, after = baseline.run, candidate.run
    for part in ("versions", "options"):
        old, new = before.get(part), after.get(part)
        if old and new:
            for key in sorted({*old, *new} - {"family", "model"}):
                if old.get(key) != new.get(key):
                    values = {"old": str(old.get(key)), "new": str(new.get(key))}
                    yield Reason("gate.header_differs", part=part, key=key, **values)
    for role in ROLES:
        old, new = (checkpoint(run, role).get("environment") for run in (before, after))
        if old != new:
            yield Reason("gate.environment_differs", role=role, old=str(old), new=str(new))


def _relations_left_out(baseline: Evidence, candidate: Evidence) -> Iterator[Reason]:
    """Yield what only the candidate has judged of whole cases."""
    left_out = [
        (name, case.case)
        for case in candidate.cases.values()
        for name in case.relations.keys() - baseline.cases.get(case.case, case).relations.keys()
    ]
    if left_out:
        name, first = left_out[0]
        yield Reason("gate.relations_left_out", n=len(left_out), name=name, case=first)
