"""From a decision to what `gate.json` holds of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from pytest_qwen.files.json_file import dumped
from pytest_qwen.gate.artifact import CASES, SAMPLES, SCHEMA, TEXT, Artifact, EarlierDecision
from pytest_qwen.gate.attempts import other_policies, question
from pytest_qwen.gate.compared.evidence import Evidence, Sample
from pytest_qwen.gate.compared.pairing import PairedCase
from pytest_qwen.gate.compared.rounds import Rounds
from pytest_qwen.gate.decision import Decision
from pytest_qwen.gate.judging import JudgedRate
from pytest_qwen.messages.reason import codes_of
from pytest_qwen.record.plain import plain

SIDES = ("baseline", "candidate")

ERRORS = 50
"""Infrastructure errors that are named."""


def artifact(
    decision: Decision, rounds: Rounds, attempt: int, earlier: Sequence[EarlierDecision] = ()
) -> Artifact:
    """Return what the file holds, read back from its own JSON: what is written can be read."""
    notes = [*other_policies(decision.policy, rounds, earlier), *decision.pairing.notes]
    sentences = {"reasons": decision.reasons, "todo": decision.todo, "notes": notes}
    first, *more = [dict(zip(SIDES, sides, strict=True)) for sides in rounds]
    data = {
        "schema": SCHEMA,
        "verdict": decision.outcome,
        **sentences,
        "codes": {name: codes_of(texts) for name, texts in sentences.items()},
        "policy": {**decision.policy.model_dump(mode="json"), "hash": decision.policy.hash},
        "attempt": attempt,
        "question": question(rounds),
        "alarm": decision.alarm,
        "look": first["candidate"].look,
        **{side: _record(evidence) for side, evidence in first.items()},
        "more": [{side: _record(evidence) for side, evidence in pair.items()} for pair in more],
        "completeness": {
            "expected": decision.pairing.expected,
            **{side: _observed(decision, side) for side in SIDES},
        },
        "errors": [
            error
            for pair in (first, *more)
            for side, evidence in pair.items()
            for error in _errors(side, evidence)
        ][:ERRORS],
        "gated": [_row(judged) for judged in decision.judged],
        "advisory": [{**_row(judged), "verdict": None} for judged in decision.advisory],
        "severe": [severe.short for severe in decision.severe],
        "hard": dict(decision.forbidden),
        "lost": [
            {
                "case": case.case,
                "name": relation.name,
                "message": str(relation.message)[:TEXT],
                "message_code": codes_of([relation.message])[0],
            }
            for case, relation in decision.lost[:CASES]
        ],
        "lost_total": len(decision.lost),
        "flips": [_changed_case(case) for case in decision.changed[:CASES]],
        "flips_total": len(decision.changed),
        "earlier": [decided.model_dump(mode="json") for decided in earlier],
    }
    return Artifact.model_validate_json(dumped(plain(data)))


def file_of(decided: Artifact) -> bytes:
    """Return the bytes of the file."""
    return dumped(decided.model_dump(mode="json", by_alias=True))


def _record(evidence: Evidence) -> dict[str, Any]:
    names = ("family", "suite_hash", "checkpoints", "options", "versions", "attempt")
    return {
        "path": str(evidence.path),
        "sha256": evidence.digest,
        "approval": evidence.approval,
        "cases": len(evidence.cases),
        "met": sum(case.is_met for case in evidence.cases.values()),
        **{name: evidence.run.get(name) for name in names},
    }


def _observed(decision: Decision, side: str) -> dict[str, Any]:
    missing = decision.pairing.missing[side]
    return {"observed": decision.pairing.expected - missing.total(), "missing": dict(missing)}


def _errors(side: str, evidence: Evidence) -> Iterator[dict[str, Any]]:
    for case in evidence.cases.values():
        for sample, kind in case.errors.items():
            yield {"side": side, "case": case.case, "sample": sample, "kind": kind}


def _row(judged: JudgedRate) -> dict[str, Any]:
    numbers = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in asdict(judged.estimate).items()
    }
    return {
        "name": judged.name,
        "verdict": judged.outcome,
        "improved": judged.improved,
        "p_adjusted": judged.p_adjusted,
        "clusters_needed": judged.needed,
        **numbers,
    }


def _changed_case(case: PairedCase) -> dict[str, Any]:
    return {
        "case": case.case,
        "behavior": case.behavior,
        "traits": case.changed_traits,
        "samples": len(case.samples),
        "passed_before": case.passed_before,
        "passed_after": case.passed_after,
        "said": [
            {"sample": number, "before": _sample(before), "after": _sample(after)}
            for number, before, after in case.changed_samples[:SAMPLES]
        ],
    }


def _sample(sample: Sample | None) -> dict[str, Any] | None:
    return sample and {"passed": all(sample.passes), "text": sample.text()[:TEXT]}
