"""What behaviors expect of a family that its roles do not do, told by their templates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_qwen.core.expect import Leaf
from pytest_qwen.core.plan import Case
from pytest_qwen.core.reply import Role, ThinkingState
from pytest_qwen.core.source import Problem
from pytest_qwen.core.spec import Behavior
from pytest_qwen.family.checkpoint import CheckpointError, open_checkpoint
from pytest_qwen.family.family import Family
from pytest_qwen.family.protocol import Protocol, read_protocol

_THOUGHT = {ThinkingState.CLOSED, ThinkingState.EMPTY}
"""States of a reply whose think block is there and in order."""


def lacking(behavior: Behavior, cases: Sequence[Case], family: Family) -> Iterator[Problem]:
    """Yield a problem for each role that the family does not have, and each mode that a role lacks.

    Of a checkpoint that is not on this machine nothing is known, so nothing is said; nor is of a
    behavior that is skipped, because it needs what the family lacks.
    """
    if family.lacking(behavior.fields.needs):
        return
    for role in behavior.fields.expect:
        if role not in family.roles:
            loc, do = ("expect", role), f"the family has {', '.join(family.roles)}"
            yield behavior.document.problem(loc, f"a role of {family.name}", repr(role), do)
        elif protocol := _protocol(family, role):
            for case in cases:
                if case.role == role and case.behavior.prompt_as(role) == "chat":
                    yield from _modes(case, protocol, family)


def _protocol(family: Family, role: Role) -> Protocol | None:
    try:
        path = open_checkpoint(family.roles[role], family).path
        return read_protocol(path)[0]
    except CheckpointError:
        return None


def _modes(case: Case, protocol: Protocol, family: Family) -> Iterator[Problem]:
    for expectation in case.expectations:
        check = expectation.check
        if isinstance(check, Leaf) and (what := _unable(check, protocol)):
            yield Problem(
                case.behavior.document.path,
                expectation.line,
                f"what the template of {family.name}'s {case.role} can do",
                f"`{check}`, and {what}",
                "remove the role, or choose another family",
            )


def _unable(check: Leaf, protocol: Protocol) -> str:
    """Say why a checkpoint cannot meet a check; "" where it may."""
    name, arguments = check.bound.trait.name, check.bound.arguments
    if name == "thinking":
        states = arguments["states"]
        wanted = {ThinkingState(one) for one in (states if isinstance(states, list) else [states])}
        if protocol.mode == "never" and wanted <= _THOUGHT:
            return "it never thinks"
        if protocol.mode == "always" and wanted == {ThinkingState.ABSENT}:
            return "it always thinks"
    if name == "tool_call" and protocol.tools == "none":
        return "it writes no tool calls"
    return ""
