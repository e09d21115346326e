"""What behaviors expect of a family that its roles cannot do, by their templates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_qwen.family.checkpoint import CheckpointError, open_checkpoint
from pytest_qwen.family.family import Family
from pytest_qwen.family.protocol import Protocol, read_protocol
from pytest_qwen.family.template import Template, TemplateError
from pytest_qwen.files.yaml_lines import Problem
from pytest_qwen.messages.names import closest
from pytest_qwen.messages.reason import Reason
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
                why = Reason(
                    "lint.no_role", family=family.name, role=role, roles=list(family.roles)
                )
                yield behavior.document.wrong(("expect", role), why)
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
            if isinstance(check, Leaf) and (unable := _unable(check, protocol)):
                values = {"check": str(check), "family": self._family.name, "role": case.role}
                why = Reason("lint.unable", **values, why=unable)
                yield Problem(case.behavior.document.path, expectation.line, why)

    def _inert(self, case: Case) -> Iterator[Problem]:
        """Yield a problem for what is said under `template` without effect: a run fails by it."""
        _, template = self._known[case.role]
        try:
            variables = template.variables if template else frozenset()
        except TemplateError:
            return
        for name in sorted(case.template.keys() - variables):
            values = {"name": name, "family": self._family.name, "role": case.role}
            if near := closest(name, variables):
                why = Reason("lint.ignored_near", **values, near=near)
            else:
                why = Reason("lint.ignored", **values, variables=sorted(variables))
            yield case.behavior.document.wrong(("template", name), why)


def _unable(check: Leaf, protocol: Protocol) -> Reason | None:
    """Say why a checkpoint cannot meet a check; None where it may."""
    name, arguments = check.bound.trait.name, check.bound.arguments
    if name == "thinking":
        states = arguments["states"]
        allowed = set(map(ThinkingState, states if isinstance(states, list) else [states]))
        if protocol.mode == "never" and allowed <= _THOUGHT:
            return Reason("lint.never_thinks")
        if protocol.mode == "always" and allowed == {ThinkingState.ABSENT}:
            return Reason("lint.always_thinks")
    if name == "tool_call" and protocol.tools == "none":
        return Reason("lint.no_tool_calls")
    return None
