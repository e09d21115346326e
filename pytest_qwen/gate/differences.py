"""What has to be the same on both sides of a case, and what is said where it differs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import get_args

from pytest_qwen.gate.evidence import Asked, EvidenceCase
from pytest_qwen.gate.policy import Differing, Policy
from pytest_qwen.messages.reason import Reason

ASKED = {
    "prompt": Reason("gate.prompt"),
    "prompt_as": Reason("gate.prompt_as"),
    "thinking": Reason("gate.thinking"),
    "sampling": Reason("gate.sampling"),
    "seed": Reason("gate.seed"),
    "samples": Reason("gate.samples"),
    "template": Reason("gate.template"),
    "traits": Reason("gate.traits"),
    "trait_versions": Reason("gate.trait_versions"),
    "relations": Reason("gate.relations"),
}
"""What has to be the same on both sides, in words."""


def differences(
    before: EvidenceCase, after: EvidenceCase, templates: Collection[str], policy: Policy
) -> Iterator[str]:
    """Yield the keys of `ASKED` that differ; nothing where one side has nothing.

    `templates` are the roles whose templates differ.
    """
    a, b = before.asked, after.asked
    if a and b and before.samples and after.samples:  # without a reply not all is known
        names = [name for name in Asked._fields if getattr(a, name) != getattr(b, name)]
        if a.prompt_as == "chat" and before.role in templates:
            names.append("template")
        if None in (a.thinking, b.thinking) and "template" in policy.may_differ:
            names = [name for name in names if name != "thinking"]  # one template takes no switch
        yield from (name for name in names if name not in policy.may_differ)
    if before.checks is not None and after.checks is not None and before.checks != after.checks:
        bare = [[check[:2] for check in side.checks or ()] for side in (before, after)]
        yield "trait_versions" if bare[0] == bare[1] else "traits"
    if before.has_other_relations(after):
        yield "relations"


def problem(what: str, cases: list[tuple[EvidenceCase, EvidenceCase]]) -> Reason:
    """Say what differs, in which cases, and what allows it."""
    before, after = cases[0]
    n, case = len(cases), before.case
    reason = Reason("gate.differ", what=ASKED[what], n=n, case=case)
    if what == "sampling" and (values := list(_values(before.asked, after.asked))):
        reason = Reason("gate.sampling_differs", values=values, n=n, case=case)
    if what in get_args(Differing):
        reason = Reason("gate.may_differ", problem=reason, what=what)
    return reason


def _values(before: Asked | None, after: Asked | None) -> Iterator[Reason]:
    """Yield the sampling parameters that differ, with both values."""
    samplings = (asked.sampling if asked else None for asked in (before, after))
    old, new = (sampling if isinstance(sampling, dict) else {} for sampling in samplings)
    for name in sorted({*old, *new}):
        values = str(old.get(name)), str(new.get(name))
        if values[0] != values[1]:
            yield Reason("gate.two_values", name=name, old=values[0], new=values[1])
