"""What differs between two families before any weight is loaded, and what of it breaks a suite.

    for difference in preflight(load_family("tiny"), load_family("candidate.yaml")):
        print(difference.role, difference.what, difference.breaking, difference.why)

A difference is *breaking* where something that used to work no longer takes effect, parses or
stops: a switch that is ignored, a tag that is no token, an end of turn that ends nothing. Where
everything works as before and only texts may differ, it is *harmless*.
"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qwen.family.family import Family
from pytest_qwen.family.preflight.chat import chat
from pytest_qwen.family.preflight.difference import Difference, everything
from pytest_qwen.family.preflight.numbers import numbers
from pytest_qwen.family.preflight.side import read_side
from pytest_qwen.family.preflight.tokens import stops, tokens
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.vocabulary import ROLES, Role

RULES = (tokens, stops, chat, numbers)
"""Each yields the differences of one kind between the two sides of a role."""


def preflight(before: Family, after: Family) -> list[Difference]:
    """Return what differs between the roles of two families; of each role what breaks first.

    Raises:
        CheckpointError: a file of a checkpoint is missing, unsafe or broken.
    """
    return [
        difference
        for role in ROLES
        for difference in sorted(_of_role(role, before, after), key=lambda d: not d.breaking)
    ]


def _of_role(role: Role, before: Family, after: Family) -> Iterator[Difference]:
    if role in before.roles and role in after.roles:
        sides = read_side(role, before), read_side(role, after)
        for rule in RULES:
            yield from rule(*sides)
        return
    what, none = Reason("preflight.role"), Reason("preflight.none")
    if role in before.roles:
        old, why = before.roles[role].checkpoint, Reason("preflight.role_gone")
        yield Difference(role, what, (old, none), True, why, everything)
    elif role in after.roles:
        new, why = after.roles[role].checkpoint, Reason("preflight.role_new")
        yield Difference(role, what, (none, new), False, why)


__all__ = ["Difference", "preflight"]
