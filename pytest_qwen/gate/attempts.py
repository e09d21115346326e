"""Attempts: how often a question was put to new samples, by what `gate.json` keeps of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_qwen.files.json_file import load
from pytest_qwen.gate.artifact import Artifact, EarlierDecision
from pytest_qwen.gate.compared.headers import fingerprints
from pytest_qwen.gate.compared.rounds import Rounds
from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.gate.policy import Policy
from pytest_qwen.messages.reason import Reason
from pytest_qwen.record.plain import plain


def question(rounds: Rounds) -> str:
    """Identify which checkpoints are compared, whatever they were asked."""
    compared = [fingerprints(evidence) for evidence in rounds[0]]
    return hashlib.sha256(json.dumps(plain(compared)).encode()).hexdigest()[:32]


def earlier_at(path: Path | None, rounds: Rounds) -> list[EarlierDecision]:
    """Return what the file at `path` knows of earlier decisions on this pair of checkpoints.

    An INVALID gate decided nothing; no file, or an empty one, knows of none.

    Raises:
        CommandError: the file is something else, which nobody shall lose.
    """
    if path is None or not path.is_file() or not path.stat().st_size:
        return []
    last = load(Artifact, path, "an earlier decision", "name another file with --out")
    if last.question != question(rounds):
        return []
    before = list(last.earlier)
    digests = tuple(r.sha256 for pair in last.rounds for r in (pair.baseline, pair.candidate))
    decision = EarlierDecision(
        attempt=last.attempt, verdict=last.verdict, policy=last.policy.hash, records=digests
    )
    if decision.verdict != Outcome.INVALID and decision not in before:
        before.append(decision)
    return before


def attempt_of(rounds: Rounds, earlier: Sequence[EarlierDecision]) -> int:
    """Return which attempt this is.

    Every round is an attempt. The same samples, decided again, are the same attempt.
    """
    records = _digests(rounds)
    known = [decision.attempt for decision in earlier if decision.records == records]
    new = 1 + max((decision.attempt for decision in earlier), default=0)
    return max(len(rounds), min(known, default=new))


def other_policies(
    policy: Policy, rounds: Rounds, earlier: Sequence[EarlierDecision]
) -> Iterator[Reason]:
    """Yield a note for each other policy that has judged the same records."""
    for decision in earlier:
        if decision.records == _digests(rounds) and decision.policy != policy.hash:
            verdict = str(decision.verdict)
            yield Reason("gate.other_policy", policy=decision.policy, verdict=verdict)


def _digests(rounds: Rounds) -> tuple[str, ...]:
    return tuple(evidence.digest for pair in rounds for evidence in pair)
