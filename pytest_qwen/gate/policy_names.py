"""Names in a policy that no record has: a slip would switch a rule off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_qwen.gate.policy import Policy
from pytest_qwen.messages.names import closest
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.reply import ThinkingState
from pytest_qwen.record.schema import ERRORS

OCCURRENCES = {*ERRORS, *ThinkingState}
"""What `hard` may name besides traits."""


def unknown_names(policy: Policy, traits: set[str], behaviors: set[str]) -> list[Reason]:
    """Return a line for each name in the policy that records do not have."""
    return [
        *_unknown("traits", policy.traits, traits),
        *_unknown("critical", policy.critical, behaviors),
        *_unknown("hard", policy.hard, traits | OCCURRENCES),
    ]


def _unknown(key: str, names: Sequence[str], known: set[str]) -> Iterator[Reason]:
    for name in names:
        if name not in known:
            yield Reason("gate.unknown_name", key=key, name=name, hint=_hint(name, known))


def _hint(name: str, known: set[str]) -> Reason:
    if not known:
        return Reason("gate.nothing_judged")
    if near := closest(name, known):
        return Reason("gate.did_you_mean", name=near)
    return Reason("gate.use_one_of", names=sorted(known))
