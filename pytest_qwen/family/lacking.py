"""What behaviors expect of a family that its roles do not do, told by their templates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_qwen.family.checkpoint import CheckpointError, open_checkpoint
from pytest_qwen.family.family import Family
from pytest_qwen.family.protocol import Protocol, read_protocol
from pytest_qwen.family.template import Template, TemplateError
from pytest_qwen.files.yaml_lines import Problem
from pytest_qwen.messages.names import nearest
from pytest_qwen.model_io.reply import ThinkingState
from pytest_qwen.model_io.vocabulary import Role
from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.expectation import Leaf

_THOUGHT = {ThinkingState.CLOSED, ThinkingState.EMPTY}
"""States of a reply whose think block is there and in order."""


class Abilities:
    """What the roles of a family can do.

    `unknown` says, for each role that was asked about and has no usable checkpoint here, why.
    """

    def __init__(self, family: Family) -> None:
        self.unknown: dict[Role, str] = {}
        self._family = family
        self._known: dict[Role, tuple[Protocol, Template | None]] = {}

    def lacking(self, behavior: Behavior, cases: Sequence[Case]) -> Iterator[Problem]:
        """Yield a problem for each role that is not there, and each mode that a role lacks.

        Of a checkpoint that is not on this machine nothing is known, so nothing is said; nor is of
        a behavior that is skipped, because it needs what the family lacks.
        """
        family = self._family
        if family.lacking(behavior.fields.needs):
            return
        for role in behavior.fields.expect:
            if role not in family.roles:
                loc, do = ("expect", role), f"the family has {', '.join(family.roles)}"
                yield behavior.document.problem(loc, f"a role of {family.name}", repr(role), do)
            elif self._is_known(role):
                for case in cases:
                    if case.role == role and behavior.prompt_as(role) == "chat":
                        yield from self._modes(case)
                        yield from self._inert(case)

    def _is_known(self, role: Role) -> bool:
        if role not in self._known and role not in self.unknown:
            try:
                path = open_checkpoint(self._family.roles[role], self._family).path
                self._known[role] = read_protocol(path)
            except CheckpointError as error:
                self.unknown[role] = str(error)
        return role in self._known

    def _modes(self, case: Case) -> Iterator[Problem]:
        protocol, _ = self._known[case.role]
        for expectation in case.expectations:
            check = expectation.check
            if isinstance(check, Leaf) and (what := _unable(check, protocol)):
                yield Problem(
                    case.behavior.document.path,
                    expectation.line,
                    f"what the template of {self._family.name}'s {case.role} can do",
                    f"`{check}`, and {what}",
                    "remove the role, or choose another family",
                )

    def _inert(self, case: Case) -> Iterator[Problem]:
        """Yield a problem for what is said under `template` without effect: a run fails by it."""
        _, template = self._known[case.role]
        try:
            variables = template.variables if template else frozenset()
        except TemplateError:
            return
        for name in sorted(case.template.keys() - variables):
            expected = f"what the template of {self._family.name}'s {case.role} reads"
            got = f"{name!r}, which it ignores"
            yield case.behavior.document.problem(
                ("template", name), expected, got, nearest(name, variables)
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
