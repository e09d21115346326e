"""The bodies of tests: get the replies, judge them, compare the snapshot, fail with `path:line`."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

from pytest_qwen.engine.models import Models
from pytest_qwen.judging.case import judge, misses, sample_lines
from pytest_qwen.judging.comparison import (
    asked_comparison,
    comparison_line,
    scores_of,
    steps,
    steps_missed,
)
from pytest_qwen.judging.lines import (
    JudgedSample,
    asked_line,
    error_line,
    evidence_of,
    judged_whole,
    sample_line,
    whole_line,
)
from pytest_qwen.judging.related_prompts import asked_relation, judged_relation
from pytest_qwen.messages.visible import log_safe
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.plugin import marker, snapshots
from pytest_qwen.plugin.asking import (
    BROKEN,
    ask,
    complete,
    fail_if_broken,
    need,
    need_role,
    result_of,
)
from pytest_qwen.plugin.run.record_header import repeated
from pytest_qwen.plugin.run.run_state import run_of
from pytest_qwen.record.again import again
from pytest_qwen.record.case import RecordedCase
from pytest_qwen.record.node_id import NodeId
from pytest_qwen.record.schema import SNAPSHOT, JudgedLine, SampleLine
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.relation import Relation


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
    need(models, case)
    samples = run_of(item.config).options.samples
    requests = case.requests(samples)
    request = complete(models, requests[0])
    asked = asked_line(item.nodeid, case.behavior.name, case.prompt_id, request, len(requests))
    replies = ask(item, models, requests, asked)
    whole = [reply for reply in replies if reply.finish not in BROKEN]
    judged = judge(case, whole) if whole else []
    lines = sample_lines(asked, case, judged)
    result_of(item).lines += lines
    fail_if_broken(replies)
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
            verdict = judged_whole(
                whole_line(asked, SNAPSHOT, place), head, evidence_of(compared.got)
            )
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
        need_role(models, role)
    need(models, relation)
    replies = ask(item, models, relation.asks(samples), asked)
    fail_if_broken(replies)
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
        replies = ask(item, models, held.case.requests(samples), relation)
        fail_if_broken(replies)
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
    request = complete(models, requests[0])
    asked = asked_line(item.nodeid, name, item.name, request, len(requests))
    replies = ask(item, models, requests, asked)
    fail_if_broken(replies)
    result_of(item).lines += [sample_line(asked, JudgedSample(reply, ())) for reply in replies]
    return replies
