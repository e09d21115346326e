"""A difference between two sides of a role, and which cases rest on what differs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from pytest_qwen.model_io.vocabulary import Role
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.expectation import Group, Leaf

Touches = Callable[[Case], bool]
"""Whether a case rests on what differs."""


@dataclass(frozen=True)
class Difference:
    """What differs for a role, whether it breaks something, and why.

    `told` is what it was before and what it is after; `touches` tells the cases that rest on it.
    """

    role: Role
    what: str
    told: Sequence[str]
    breaking: bool
    why: str
    touches: Touches = lambda _: False


def everything(_: Case) -> bool:
    """Touch every case."""
    return True


def chats(case: Case) -> bool:
    """Touch what is asked through the chat template."""
    return case.behavior.prompt_as(case.role) == "chat"


def thinks(case: Case) -> bool:
    """Touch what is judged or cut by its thinking."""
    leaves = [leaf for one in case.expectations for leaf in _leaves(one.check)]
    of_thinking = any(
        leaf.of == "thinking" or leaf.bound.trait.name.startswith("thinking") for leaf in leaves
    )
    return chats(case) and (of_thinking or case.sampling.thinking_budget is not None)


def expects(*names: str) -> Touches:
    """Touch what is judged by one of these traits."""
    return lambda case: any(
        leaf.bound.trait.name in names for one in case.expectations for leaf in _leaves(one.check)
    )


def switches(*names: str) -> Touches:
    """Touch what tells the template one of these names."""
    return lambda case: chats(case) and not case.template.keys().isdisjoint(names)


def says(*texts: str) -> Touches:
    """Touch what has one of these texts in its prompt or its expectations."""

    def touches(case: Case) -> bool:
        said = [message.content for message in case.messages]
        said += [str(one) for one in case.expectations]
        return any(text in one for text in texts for one in said)

    return touches


def has(roles: Collection[str]) -> Touches:
    """Touch conversations with messages of one of these roles."""
    return lambda case: chats(case) and any(m.role in roles for m in case.messages)


def either(*touches: Touches) -> Touches:
    """Touch what one of these touches."""
    return lambda case: any(one(case) for one in touches)


def _leaves(check: Leaf | Group) -> Iterator[Leaf]:
    if isinstance(check, Leaf):
        yield check
    else:
        for part in check.parts:
            yield from _leaves(part)
