"""What the headers of two records say of their runs, whatever a header holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_qwen.gate.compared.differences import in_words
from pytest_qwen.gate.compared.evidence import Evidence
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
    if candidate.expected is None:
        yield Reason("gate.candidate_cut_off", path=str(candidate.path))
    yield from _relations_left_out(baseline, candidate)
    before, after = baseline.run, candidate.run
    for name, old, new in _both_know("versions", before, after):
        yield Reason("gate.version_differs", name=name, old=old, new=new)
    for name, old, new in _both_know("options", before, after):
        yield Reason("gate.option_differs", name=name, old=old, new=new)
    for role in ROLES:
        was, now = (checkpoint(run, role).get("environment") for run in (before, after))
        if was and now and was != now:
            yield Reason("gate.environment_differs", role=role, old=was, new=now)


def _both_know(
    part: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """Yield the names in a part of both headers whose values differ, with both values."""
    old, new = before.get(part) or {}, after.get(part) or {}
    for name in sorted(old.keys() & new.keys() - {"family", "model"}):
        if old[name] != new[name]:
            yield name, in_words(old[name]), in_words(new[name])


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
