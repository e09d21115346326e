"""The bodies of tests: get the replies, judge them, compare the snapshot, fail with `path:line`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from pytest_qwen.engine import EngineError
from pytest_qwen.engine.models import Models
from pytest_qwen.engine.store import StoreError
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.judging.case import judge, misses, sample_lines
from pytest_qwen.judging.comparison import (
    asked_comparison,
    comparison_line,
    scores_of,
    steps,
    steps_missed,
)
from pytest_qwen.judging.lines import (
    AnyLine,
    JudgedSample,
    asked_line,
    error_line,
    judged_whole,
    sample_line,
    whole_line,
)
from pytest_qwen.judging.related_prompts import asked_relation, judged_relation
from pytest_qwen.messages.visible import log_safe
from pytest_qwen.model_io.reply import Finish, Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.vocabulary import Role
from pytest_qwen.plugin import marker, snapshots
from pytest_qwen.plugin.run import run_of
from pytest_qwen.plugin.run_state import repeated
from pytest_qwen.record.again import again
from pytest_qwen.record.case import RecordedCase
from pytest_qwen.record.node_id import NodeId
from pytest_qwen.record.schema import SNAPSHOT, JudgedLine, SampleLine
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


def run(check: Case | Relation, models: Models, fixtures: pytest.FixtureRequest) -> None:
    """Run an item from YAML; see `run_case` and `run_relation`."""
    __tracebackhide__ = True
    if isinstance(check, Case):
        run_case(check, models, fixtures)
    else:
        run_relation(check, models, fixtures)


def run_case(case: Case, models: Models, fixtures: pytest.FixtureRequest) -> None:
    """Run one case from YAML; every miss, the snapshot's too, is in one failure.

    Raises:
        pytest.fail.Exception: an expectation was missed, or no reply could be had.
        pytest.skip.Exception: the family does not have the role, or lacks what the behavior needs.
    """
    __tracebackhide__ = True
    item: pytest.Item = fixtures.node
    _need(models, case)
    samples = run_of(item.config).options.samples
    requests = case.requests(samples)
    request = _complete(models, requests[0])
    asked = asked_line(item.nodeid, case.behavior.name, case.prompt_id, request, len(requests))
    replies = _replies(item, models, requests, asked)
    whole = [reply for reply in replies if reply.finish not in BROKEN]
    judged = judge(case, whole) if whole else []
    lines = sample_lines(asked, case, judged)
    result_of(item).lines += lines
    _fail_if_broken(replies)
    messages = _messages(item, case, judged, models, asked)
    compared_here = case.behavior.fields.snapshot and run_of(item.config).options.compares_snapshots
    if compared_here and models.promises(case.role, "exact_text"):
        compared = snapshots.compare(case, requests, replies, models, fixtures)
        messages.append(compared.message)
        result_of(item).drift = compared.drift
        for line in lines:
            if line.number in compared.differs:
                line.snapshot = compared.differs[line.number]
        if compared.got:
            place = case.behavior.document.line(("snapshot",))
            head = compared.message.partition("\n")[0]
            verdict = judged_whole(whole_line(asked, SNAPSHOT, place), head, {"got": compared.got})
            result_of(item).lines.append(verdict)
    lines_so_far: list[JudgedLine] = result_of(item).lines
    (recorded,) = RecordedCase.of(lines_so_far)
    if not recorded.met:
        _fail(item, messages)


def run_relation(relation: Relation, models: Models, fixtures: pytest.FixtureRequest) -> None:
    """Ask every role for its replies, compare the roles, and fail for each step that is not shown.

    Raises:
        pytest.fail.Exception: a step is not shown, a measure is not defined, or no reply could be
            had.
        pytest.skip.Exception: the family does not have one of the roles, or lacks what one of the
            behaviors needs.
    """
    __tracebackhide__ = True
    item: pytest.Item = fixtures.node
    samples = run_of(item.config).options.samples
    asked = asked_comparison(item.nodeid, relation)
    for role in relation.roles:
        _need_role(models, role)
    _need(models, relation)
    replies = _replies(item, models, relation.asks(samples), asked)
    _fail_if_broken(replies)
    try:
        scores = scores_of(relation, replies, samples)
    except ValueError as error:
        where = f"{relation.comparison.document.path}:{relation.line}"
        result_of(item).lines.append(error_line(asked, "measure", str(error)))
        pytest.fail(f"{where}: expected {relation.claim}, got {error}", pytrace=False)
    compared = steps(relation, scores)
    result_of(item).lines.append(comparison_line(asked, relation, compared, scores))
    if message := steps_missed(relation, compared, scores):
        _fail(item, [message])


def _fail(item: pytest.Item, messages: Sequence[str]) -> None:
    """Fail a case, unless the run only records, and say how to repeat it."""
    __tracebackhide__ = True
    run = run_of(item.config)
    if run.options.record_only:
        return
    path = os.path.relpath(item.path, item.config.invocation_params.dir)
    command = again(str(NodeId.parse(item.nodeid)._replace(path=path)), repeated(run))
    pytest.fail("\n".join([*filter(None, messages), log_safe(f"again: {command}")]), pytrace=False)


def _need_role(models: Models, role: Role) -> None:
    __tracebackhide__ = True
    if role not in models.family.roles:
        pytest.skip(f"the family {models.family.name} has no {role} role")


def _need(models: Models, check: Case | Relation) -> None:
    __tracebackhide__ = True
    if lacking := models.family.lacking(check.needs):
        pytest.skip(lacking)


def _messages(
    item: pytest.Item,
    case: Case,
    judged: Sequence[JudgedSample],
    models: Models,
    asked: SampleLine,
) -> list[str]:
    """Return messages on missed expectations, and on the prompts that the case is compared with.

    Each of these has a line of the item's record.
    """
    __tracebackhide__ = True
    samples = run_of(item.config).options.samples
    messages = [] if case.same_as else [misses(case, judged)]
    for held in case.held:
        relation = asked_relation(asked, case, held)
        replies = _replies(item, models, held.case.requests(samples), relation)
        _fail_if_broken(replies)
        line = judged_relation(relation, case, held, judged, replies)
        result_of(item).lines.append(line)
        messages.append(line.message)
    return messages


def run_marker(models: Models, fixtures: pytest.FixtureRequest) -> list[Reply]:
    """Return the replies that the behavior marker of a Python test asks for.

    Raises:
        pytest.fail.Exception: the test has no such marker, or no reply could be had.
        pytest.skip.Exception: the family does not have the role.
    """
    __tracebackhide__ = True
    item: pytest.Item = fixtures.node
    mark = item.get_closest_marker("behavior")
    if mark is None:
        name = f"@behavior(role=…, prompt=…) on {item.name}"
        pytest.fail(f"expected {name}, which uses {fixtures.fixturename}, got none", pytrace=False)
    requests = marker.requests(mark, run_of(item.config).options.samples)
    name = NodeId.parse(item.nodeid).behavior
    request = _complete(models, requests[0])
    asked = asked_line(item.nodeid, name, item.name, request, len(requests))
    replies = _replies(item, models, requests, asked)
    _fail_if_broken(replies)
    result_of(item).lines += [sample_line(asked, JudgedSample(reply, ())) for reply in replies]
    return replies


def _complete(models: Models, request: Request) -> Request:
    """Return a request with all that its text depends on, or as it is where that is not known."""
    with suppress(CheckpointError):
        return models.complete(request)
    return request


def _replies(
    item: pytest.Item, models: Models, requests: Sequence[Request], asked: AnyLine
) -> list[Reply]:
    """Get the replies; where there can be none, the record says why and the test fails.

    Those that broke off by no fault of the model have a line of the item's record.
    """
    __tracebackhide__ = True
    _need_role(models, requests[0].role)
    try:
        replies = models.replies(requests)
    except (CheckpointError, EngineError, StoreError) as error:
        kind = "store" if isinstance(error, StoreError) else "engine"
        result_of(item).lines.append(error_line(asked, kind, str(error)))
        if isinstance(error, CheckpointError) and not models.any_usable():
            item.session.shouldfail = f"no checkpoint of the family {models.family.name} is usable"
        raise pytest.fail.Exception(log_safe(str(error)), pytrace=False) from None
    result_of(item).lines.extend(
        error_line(asked, reply.finish, f"sample {reply.sample}", reply)
        for reply in replies
        if reply.finish in BROKEN
    )
    return replies


def _fail_if_broken(replies: Sequence[Reply]) -> None:
    __tracebackhide__ = True
    broken = [reply for reply in replies if reply.finish in BROKEN]
    if broken:
        pytest.fail(
            f"expected replies, got finish {broken[0].finish!s} in {len(broken)} of "
            f"{len(replies)} samples: {BROKEN[broken[0].finish]}",
            pytrace=False,
        )
