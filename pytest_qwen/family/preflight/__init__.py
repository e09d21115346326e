"""What differs between two families before any weight is loaded, and what of it breaks a suite.

    for one in preflight(load_family("tiny"), load_family("candidate.yaml")):
        print(one.role, one.what, one.breaking, one.why)

A difference is *breaking* where something that worked could not be meant, read or ended any more:
a switch that is ignored, a tag that is no token, an end of turn that ends nothing. Where everything
works as before and only texts may differ, it is *harmless*.
"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qwen.family.family import Family
from pytest_qwen.family.preflight.chat import chat
from pytest_qwen.family.preflight.difference import Difference, everything
from pytest_qwen.family.preflight.numbers import numbers
from pytest_qwen.family.preflight.side import read_side
from pytest_qwen.family.preflight.tokens import stops, tokens
from pytest_qwen.model_io.vocabulary import ROLES, Role

RULES = (tokens, stops, chat, numbers)
"""Each yields the differences of one kind between the two sides of a role."""


def preflight(before: Family, after: Family) -> list[Difference]:
    """Return what differs between the roles of two families; of each role what breaks first.

    Raises:
        CheckpointError: a file of a checkpoint is missing, unsafe or broken.
    """
    return [
        one
        for role in ROLES
        for one in sorted(_of_role(role, before, after), key=lambda one: not one.breaking)
    ]


def _of_role(role: Role, before: Family, after: Family) -> Iterator[Difference]:
    names = [
        family.roles[role].checkpoint if role in family.roles else "none"
        for family in (before, after)
    ]
    if role in before.roles and role in after.roles:
        sides = read_side(role, before), read_side(role, after)
        for rule in RULES:
            yield from rule(*sides)
    elif role in before.roles:
        yield Difference(role, "role", names, True, "its cases are skipped", everything)
    elif role in after.roles:
        yield Difference(role, "role", names, False, "there was none to compare with")


__all__ = ["Difference", "preflight"]
