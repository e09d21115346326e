"""`gate.json`: the decision as data, for machines and for the next attempt."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from pytest_qwen.gate.decision import Decision
from pytest_qwen.gate.evidence import Evidence, Sample
from pytest_qwen.gate.findings import Flip
from pytest_qwen.gate.judging import Judged
from pytest_qwen.gate.pairing import prints
from pytest_qwen.record.record import plain

SCHEMA = 1
"""The version of the artifact."""

SIDES = ("baseline", "candidate")

FLIPS, SAMPLES, TEXT = 20, 4, 2000
"""Flips in the artifact, samples of each, and characters of each text; the records have all.

The same numbers hold for what cases do not keep any more, and its messages."""

ERRORS = 50
"""Cases with infrastructure errors that are named."""


Rounds = Sequence[tuple[Evidence, Evidence]]
"""Baseline and candidate, and those of later rounds."""


def artifact(
    decision: Decision, rounds: Rounds, attempt: int, earlier: Sequence[Earlier] = ()
) -> dict[str, Any]:
    """Return the decision as JSON data; see docs/gate.md for the fields."""
    sides, *more = [dict(zip(SIDES, one, strict=True)) for one in rounds]
    found = {
        "schema": SCHEMA,
        "verdict": decision.outcome,
        "reasons": decision.reasons,
        "todo": decision.todo,
        "policy": {**decision.policy.model_dump(mode="json"), "hash": decision.policy.hash},
        "attempt": attempt,
        "question": question(rounds),
        "alarm": decision.alarm,
        "look": sides["candidate"].look,
        **{name: _side(evidence) for name, evidence in sides.items()},
        "more": [{name: _side(evidence) for name, evidence in one.items()} for one in more],
        "completeness": {
            "expected": decision.pairs.expected,
            **{name: _completeness(decision, name) for name in SIDES},
        },
        "errors": [
            error for one in (sides, *more) for name, e in one.items() for error in _errors(name, e)
        ][:ERRORS],
        "gated": [_row(one) for one in decision.judged],
        "advisory": [{**_row(one), "verdict": None} for one in decision.advisory],
        "severe": decision.severe,
        "hard": dict(decision.hard),
        "lost": [
            {"case": one.case, "name": held.name, "message": held.message[:TEXT]}
            for one, held in decision.lost[:FLIPS]
        ],
        "lost_total": len(decision.lost),
        "flips": [_flip(flip) for flip in decision.flips[:FLIPS]],
        "flips_total": len(decision.flips),
        "notes": [*_told_before(decision, rounds, earlier), *decision.pairs.notes],
        "earlier": [one._asdict() for one in earlier],
    }
    clean: dict[str, Any] = plain(found)
    return clean


def question(rounds: Rounds) -> str:
    """Identify which checkpoints are compared, whatever they were asked."""
    compared = [prints(evidence) for evidence in rounds[0]]
    return hashlib.sha256(json.dumps(plain(compared)).encode()).hexdigest()[:32]


class Earlier(NamedTuple):
    """A decision on the same question that was made before, on records with these digests."""

    attempt: int
    verdict: str
    policy: str
    records: list[str]


def earlier_at(path: Path | None, rounds: Rounds) -> list[Earlier]:
    """Return what the artifact at `path` knows of earlier decisions on this pair of checkpoints.

    An INVALID gate decided nothing.
    """
    try:
        before = json.loads(path.read_text(encoding="utf-8")) if path else {}
        if before["question"] != question(rounds):
            return []
        found = [Earlier(**one) for one in before.get("earlier", [])]
        digests = [one[name]["sha256"] for one in (before, *before["more"]) for name in SIDES]
        last = Earlier(int(before["attempt"]), before["verdict"], before["policy"]["hash"], digests)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    return found if last.verdict == "INVALID" or last in found else [*found, last]


def attempt_of(rounds: Rounds, earlier: Sequence[Earlier]) -> int:
    """Return which attempt this is.

    Every round is an attempt. The same samples, decided again, are the same attempt.
    """
    records = _digests(rounds)
    known = [one.attempt for one in earlier if one.records == records]
    new = 1 + max((one.attempt for one in earlier), default=0)
    return max(len(rounds), min(known, default=new))


def _digests(rounds: Rounds) -> list[str]:
    return [evidence.digest for one in rounds for evidence in one]


def _told_before(decision: Decision, rounds: Rounds, earlier: Sequence[Earlier]) -> Iterator[str]:
    """Yield a note for each other policy that has judged the same records otherwise."""
    for one in earlier:
        if one.records == _digests(rounds) and one.policy != decision.policy.hash:
            yield f"by the policy {one.policy} the same records were {one.verdict}"


def _side(evidence: Evidence) -> dict[str, Any]:
    names = ("family", "suite_hash", "checkpoints", "options", "versions", "attempt")
    return {
        "path": str(evidence.path),
        "sha256": evidence.digest,
        "approval": evidence.approval,
        **{name: evidence.run.get(name) for name in names},
    }


def _completeness(decision: Decision, side: str) -> dict[str, Any]:
    missing = decision.pairs.missing[side]
    return {"observed": decision.pairs.expected - missing.total(), "missing": dict(missing)}


def _errors(side: str, evidence: Evidence) -> Iterator[Mapping[str, Any]]:
    for case in evidence.cases.values():
        for sample, kind in case.errors.items():
            yield {"side": side, "case": case.case, "sample": sample, "kind": kind}


def _row(one: Judged) -> dict[str, Any]:
    numbers = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in asdict(one.estimate).items()
    }
    return {
        "name": one.name,
        "verdict": one.outcome,
        "improved": one.improved,
        "p_adjusted": one.p_adjusted,
        "clusters_needed": one.needed,
        **numbers,
    }


def _flip(flip: Flip) -> dict[str, Any]:
    def said(sample: Sample | None) -> dict[str, Any] | None:
        if sample is None:
            return None
        return {"passed": all(sample.passes), "text": sample.text()[:TEXT]}

    return {
        "case": flip.case,
        "behavior": flip.behavior,
        "traits": flip.traits,
        "samples": flip.n,
        "passed_before": flip.before,
        "passed_after": flip.after,
        "said": [
            {"sample": n, "before": said(old), "after": said(new)}
            for n, old, new in flip.changed()[:SAMPLES]
        ],
    }


def dumped(data: Mapping[str, Any]) -> bytes:
    """Return an artifact as the bytes of its file: sorted keys, strict JSON, UTF-8."""
    text = json.dumps(data, sort_keys=True, allow_nan=False, ensure_ascii=False, indent=1)
    return f"{text}\n".encode()
