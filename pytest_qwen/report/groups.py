"""Cases together: the roles of a prompt, the prompts of a behavior."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_qwen.model_io.vocabulary import ROLES
from pytest_qwen.record.node_id import NodeId
from pytest_qwen.report.compare import ComparedCase


@dataclass(frozen=True)
class PromptGroup:
    """One prompt of a behavior with its case for each role."""

    behavior: str
    name: str
    cases: list[ComparedCase]

    @property
    def urgency(self) -> tuple[int, float]:
        """That of its most urgent case."""
        return min(case.urgency for case in self.cases)


def by_prompt(cases: list[ComparedCase]) -> list[PromptGroup]:
    """Bring the roles of a prompt together, the most urgent prompt first."""
    groups: dict[tuple[str, str, str], PromptGroup] = {}
    for compared in cases:
        behavior, _, name = compared.case.names
        key = (NodeId.parse(compared.case.id).path, behavior, name)
        groups.setdefault(key, PromptGroup(behavior, name, [])).cases.append(compared)
    for group in groups.values():
        group.cases.sort(key=lambda case: place(case.case.names[1]))
    return sorted(groups.values(), key=lambda group: group.urgency)


def place(role: str) -> int:
    """Return where a role stands among its kind; unknown ones come last."""
    known = [str(role) for role in ROLES]
    return known.index(role) if role in known else len(known)


def roles(cases: list[ComparedCase]) -> list[str]:
    """Return the roles of the cases in their order."""
    return sorted({case.case.names[1] for case in cases}, key=lambda role: (place(role), role))


def by_behavior(cases: list[ComparedCase]) -> Iterator[tuple[str, dict[str, list[ComparedCase]]]]:
    """Yield each behavior with its cases by role, in the order of the record."""
    behaviors: dict[str, dict[str, list[ComparedCase]]] = {}
    for compared in cases:
        behavior, role, _ = compared.case.names
        behaviors.setdefault(behavior, {}).setdefault(role, []).append(compared)
    yield from behaviors.items()
