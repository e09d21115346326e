"""What a decision of the gate rests on: its policy, the samples that came, earlier attempts."""

from __future__ import annotations

from pytest_qwen.gate.artifact import Artifact, ObservedSamples
from pytest_qwen.report.texts.yaml_text import yaml_text
from pytest_qwen.report.words import Words

_MOST = 20


def facts(gate: Artifact, words: Words) -> list[tuple[str, str]]:
    """Return names with texts."""
    policy = gate.policy.model_dump(mode="json")
    rules = {key: value for key, value in policy.items() if value not in ([], (), None)}
    expected, complete = gate.completeness.expected, gate.completeness
    rows = [
        (words.policy, yaml_text(rules)[:2000]),
        (words.baseline, _samples(complete.baseline, expected, words)),
        (words.candidate, _samples(complete.candidate, expected, words)),
        (words.attempt, str(gate.attempt)),
    ]
    if gate.look is not None:
        rows.append((words.look, str(gate.look)))
    if gate.earlier:
        earlier = [
            words("earlier_attempt", n=it.attempt, verdict=it.verdict, policy=it.policy[:40])
            for it in gate.earlier[:_MOST]
        ]
        rows.append((words.earlier, words.semicolon.join(earlier)))
    if gate.errors:
        errors = [
            words.labeled(words(error.side), f"{error.case[:120]} {error.kind[:40]}")
            for error in gate.errors[:_MOST]
        ]
        more = [words("more", n=len(gate.errors) - _MOST)] * (len(gate.errors) > _MOST)
        rows.append((words.gate_errors, words.semicolon.join([*errors, *more])))
    return rows


def _samples(side: ObservedSamples, expected: int, words: Words) -> str:
    text = words("samples_observed", n=side.observed, m=expected)
    if not side.missing:
        return text
    missing = words.listed(f"{kind[:40]} ×{n}" for kind, n in [*side.missing.items()][:_MOST])
    return f"{text}{words.comma}{words.labeled(words.missing, missing)}"
