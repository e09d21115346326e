"""Rules that fail a candidate whatever the averages say: one function each, listed in `RULES`.

A rule sees the decision so far and yields why the candidate fails. To add one, write its texts into
messages/catalog/gate.json: the table, the summary, JUnit and the page show them without being told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pytest_qwen.messages.reason import Reason

if TYPE_CHECKING:
    from pytest_qwen.gate.decision import Decision


def forbidden_events(decision: Decision) -> Iterator[Reason]:
    """Yield what `hard` forbids and occurred."""
    for name, n in decision.forbidden.items():
        yield Reason("gate.forbidden", name=name, n=n)


def critical_failures(decision: Decision) -> Iterator[Reason]:
    """Yield the critical behaviors that went from all passing to all failing."""
    for severe in decision.severe:
        if severe.behavior in decision.policy.critical:
            yield Reason("gate.critical_failed", name=severe.short)


def critical_losses(decision: Decision) -> Iterator[Reason]:
    """Yield the relations that critical behaviors met before and fail now."""
    for case, relation in decision.lost:
        if case.behavior in decision.policy.critical:
            yield Reason("gate.critical_lost", case=case.short_id, relation=relation.name)


RULES: tuple[Callable[[Decision], Iterator[Reason]], ...] = (
    forbidden_events,
    critical_failures,
    critical_losses,
)
"""All rules, the weightiest first."""
