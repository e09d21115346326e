"""What has to be the same on both sides of a case, and what is said where it differs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import get_args

from pytest_qwen.gate.compared.evidence import Asked, Check, EvidenceCase
from pytest_qwen.gate.policy import Differing, Policy
from pytest_qwen.messages.reason import Reason
from pytest_qwen.record.check_names import called

ASKED = {
    "prompt": Reason("gate.prompt"),
    "prompt_as": Reason("gate.prompt_as"),
    "thinking": Reason("gate.thinking"),
    "sampling": Reason("gate.sampling"),
    "seed": Reason("gate.seed"),
    "samples": Reason("gate.samples"),
    "template": Reason("gate.template"),
    "traits": Reason("gate.traits"),
    "relations": Reason("gate.relations"),
}
"""What has to be the same on both sides, in words; besides the versions of the traits."""

_SHOWN = 5
"""How many traits of other versions are named."""


def differences(
    before: EvidenceCase, after: EvidenceCase, templates: Collection[str], policy: Policy
) -> Iterator[str]:
    """Yield the keys of `ASKED` that differ, or `trait_versions`; nothing if a side has nothing.

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
    if before.has_other_traits(after):
        yield "traits"
    elif before.has_other_relations(after):
        yield "relations"
    elif before.other_versions(after):
        yield "trait_versions"


def problem(what: str, cases: list[tuple[EvidenceCase, EvidenceCase]]) -> Reason:
    """Say what differs, in which cases, and what allows it or what to do."""
    before, after = cases[0]
    n, case = len(cases), before.case
    if what == "trait_versions":
        versions = list(dict.fromkeys(v for sides in cases for v in _versions(*sides)))
        return Reason("gate.trait_versions_differ", versions=versions[:_SHOWN], n=n, case=case)
    reason = Reason("gate.differ", what=ASKED[what], n=n, case=case)
    if what == "sampling" and (values := list(_values(before.asked, after.asked))):
        reason = Reason("gate.sampling_differs", values=values, n=n, case=case)
    if what in get_args(Differing):
        reason = Reason("gate.may_differ", problem=reason, what=what)
    return reason


def _versions(before: EvidenceCase, after: EvidenceCase) -> Iterator[Reason]:
    """Yield the traits of a case that were judged by different code, with both versions."""
    for old, new in before.other_versions(after):
        name, versions = called(old.trait, old.args), [_version(old), _version(new)]
        yield Reason("gate.two_values", name=name, old=versions[0], new=versions[1])


def _version(check: Check) -> str:
    return Reason("gate.unknown") if check.version is None else str(check.version)


def _values(before: Asked | None, after: Asked | None) -> Iterator[Reason]:
    """Yield the sampling parameters that differ, with both values."""
    samplings = (asked.sampling if asked else None for asked in (before, after))
    old, new = (sampling if isinstance(sampling, dict) else {} for sampling in samplings)
    for name in sorted({*old, *new}):
        values = in_words(old.get(name)), in_words(new.get(name))
        if values[0] != values[1]:
            yield Reason("gate.two_values", name=name, old=values[0], new=values[1])


def in_words(value: object) -> str:
    """Return a value of a header or a request as people write it: no None, True or False."""
    match value:
        case None:
            return Reason("gate.not_set")
        case bool():
            return Reason("gate.on") if value else Reason("gate.off")
    return str(value)
