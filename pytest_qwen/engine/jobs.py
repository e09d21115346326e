"""A job: a request, who waits for it, how often it will be asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeGuard

from pytest_qwen.engine import Outcome
from pytest_qwen.model_io.reply import Finish, Reply
from pytest_qwen.model_io.request import Request

LASTING = {Finish.STOP, Finish.LENGTH, Finish.NAN}
"""Ends that a request would come to again: the others are the machine's and are not kept."""


Waiter = Callable[[Outcome], None]
"""Who waits for an outcome: it is called with it once."""


@dataclass(eq=False)
class Job:
    """A request, and all that becomes of it.

    `uses` is how often the plan says that it will still be asked for, `waiters` are those who ask
    now. `outcome` is there when it came before anyone asked, or others will ask who find no store.
    """

    request: Request
    uses: int = 0
    waiters: list[Waiter] = field(default_factory=list)
    outcome: Outcome | None = None


def lasts(outcome: Outcome) -> TypeGuard[Reply]:
    """Say whether an outcome is a reply that the same request would get again."""
    return isinstance(outcome, Reply) and outcome.finish in LASTING
