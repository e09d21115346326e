"""A difference between two sides of a role, and which cases rest on what differs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from pytest_qwen.model_io.vocabulary import Role
from pytest_qwen.spec.cases import Case

Touches = Callable[[Case], bool]
"""Whether a case rests on what differs."""


@dataclass(frozen=True)
class Difference:
    """What differs for a role, its values before and after, and why that matters.

    The texts are reasons of the area `preflight`, but for what a checkpoint itself says. `touches`
    tells the cases that rest on what differs.
    """

    role: Role
    what: str
    values: Sequence[str]
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
    of_thinking = any(
        leaf.of == "thinking" or "thinking" in leaf.bound.trait.needs for leaf in case.leaves
    )
    return chats(case) and (of_thinking or case.sampling.thinking_budget is not None)


def expects(*names: str) -> Touches:
    """Touch what is judged by one of these traits."""
    return lambda case: any(leaf.bound.trait.name in names for leaf in case.leaves)


def switches(*names: str) -> Touches:
    """Touch what sets one of these variables of the template."""
    return lambda case: chats(case) and not case.template.keys().isdisjoint(names)


def mentions(*texts: str) -> Touches:
    """Touch what has one of these texts in its prompt or its expectations."""

    def touches(case: Case) -> bool:
        places = [message.content for message in case.messages]
        places += map(str, case.expectations)
        return any(text in place for text in texts for place in places)

    return touches


def has(roles: Collection[str]) -> Touches:
    """Touch conversations with messages of one of these roles."""
    return lambda case: chats(case) and any(m.role in roles for m in case.messages)


def either(*touches: Touches) -> Touches:
    """Touch what one of these touches."""
    return lambda case: any(touch(case) for touch in touches)
