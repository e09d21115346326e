"""What an item asks of models: the replies, or the failure where there can be none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from pytest_qwen.engine import EngineError
from pytest_qwen.engine.models import Models
from pytest_qwen.engine.store import StoreError
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.judging.lines import (
    AnyLine,
    error_line,
)
from pytest_qwen.messages.reason import Reason
from pytest_qwen.messages.visible import log_safe
from pytest_qwen.model_io.reply import Finish, Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.vocabulary import Role
from pytest_qwen.record.schema import JudgedLine
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.relation import Relation


@dataclass
class ItemResult:
    """What an item has for the record: its lines, and how its snapshot drifted, "" where not."""

    lines: list[JudgedLine] = field(default_factory=list)
    drift: str = ""


_RESULT = pytest.StashKey[ItemResult]()


def result_of(item: pytest.Item) -> ItemResult:
    """Return what there is of an item so far."""
    return item.stash.setdefault(_RESULT, ItemResult())


BROKEN = {
    Finish.NAN: "the logits are not numbers, look at the weights and at dtype",
    Finish.OOM: "the device ran out of memory",
    Finish.TIMEOUT: "generation took too long",
    Finish.ERROR: "the engine failed",
}
"""Ends that are never a model's behavior, and what each means."""


def need_role(models: Models, role: Role) -> None:
    """Skip a test of a role that the family does not have."""
    __tracebackhide__ = True
    if role not in models.family.roles:
        pytest.skip(Reason("family.no_role", family=models.family.name, role=role))


def need(models: Models, check: Case | Relation) -> None:
    """Skip a test of what the family cannot do."""
    __tracebackhide__ = True
    if lacking := models.family.lacking(check.needs):
        pytest.skip(lacking)


def complete(models: Models, request: Request) -> Request:
    """Return a request with all that its text depends on, or as it is where that is not known."""
    with suppress(CheckpointError):
        return models.complete(request)
    return request


def ask(
    item: pytest.Item, models: Models, requests: Sequence[Request], asked: AnyLine
) -> list[Reply]:
    """Get the replies; where there can be none, the record says why and the test fails.

    Those that broke off by no fault of the model have a line of the item's record.
    """
    __tracebackhide__ = True
    need_role(models, requests[0].role)
    try:
        replies = models.replies(requests)
    except (CheckpointError, EngineError, StoreError) as error:
        kind = "store" if isinstance(error, StoreError) else "engine"
        result_of(item).lines.append(error_line(asked, kind, str(error)))
        if isinstance(error, CheckpointError) and not models.any_usable():
            item.session.shouldfail = f"no checkpoint of the family {models.family.name} is usable"
        raise pytest.fail.Exception(log_safe(str(error)), pytrace=False) from None
    result_of(item).lines.extend(
        error_line(asked, reply.finish, Reason("judging.sample", n=reply.sample), reply)
        for reply in replies
        if reply.finish in BROKEN
    )
    return replies


def fail_if_broken(replies: Sequence[Reply]) -> None:
    """Fail where a reply broke off by no fault of the model."""
    __tracebackhide__ = True
    broken = [reply for reply in replies if reply.finish in BROKEN]
    if broken:
        pytest.fail(
            f"expected replies, got finish {broken[0].finish!s} in {len(broken)} of "
            f"{len(replies)} samples: {BROKEN[broken[0].finish]}",
            pytrace=False,
        )
