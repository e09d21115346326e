"""Metamorphic relations: a prompt held against another one of its behavior.

The same request in other words keeps every verdict (`same_as`); one that asks for more gets more
(`more_than`). Neither needs to know the right answer (Ribeiro et al. 2020, "Beyond Accuracy:
Behavioral Testing of NLP Models with CheckList", invariance and directional expectation tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_qwen.judging.case import judge
from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.visible import log_safe
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.record.record import Judged, Line, whole_fields, whole_line
from pytest_qwen.spec.cases import Case, Held


def held_fields(fields: Line, case: Case, held: Held) -> Line:
    """Return what the record's line of a case that is held against another begins with.

    `fields` are those of the case's samples.
    """
    other = f"{fields['case'].removesuffix(f'[{case.id}]')}[{held.case.id}]"
    found = whole_fields(fields, held.name, held.line, held.args, held.version)
    return {**found, "other": other}


def held_line(
    fields: Line, case: Case, held: Held, judged: Sequence[Judged], others: Sequence[Reply]
) -> Line:
    """Judge a case against the replies of another; `message` is what a person is told of a miss."""
    if held.measure is None:
        told, evidence = _other_verdicts(case, held, judged, judge(held.case, others))
    else:
        told, evidence = _not_more(case, held, [one.reply for one in judged], others)
    return whole_line(fields, log_safe(told), evidence)


def _other_verdicts(
    case: Case, held: Held, judged: Sequence[Judged], other: Sequence[Judged]
) -> tuple[str, dict[str, Any]]:
    """Return what is told of the expectations that two cases meet differently, and which."""
    path, name = case.behavior.document.path, held.case.prompt_id
    told, got = [], []
    pairs = zip(case.expectations, held.case.expectations, strict=True)
    for i, (expectation, others) in enumerate(pairs):
        here, there = _passed(judged, i), _passed(other, i)
        if expectation.met_by(sum(here), len(here)) == others.met_by(sum(there), len(there)):
            continue
        got.append(f"{expectation} in {_share(here)}, {name} in {_share(there)}")
        told.append(
            f"{path}:{held.line}: expected {expectation} as of the prompt {name}, "
            f"which has it in {_share(there)}, got it in {_share(here)}"
        )
        told += (f"    {name}: {_said(one, i)}" for one in other)
        told += (f"    {case.prompt_id}: {_said(one, i)}" for one in judged)
    return "\n".join(told), {"got": "; ".join(got) or "the same verdicts"}


def _passed(judged: Sequence[Judged], i: int) -> list[bool]:
    return [bool(one.verdicts[i][1].passed) for one in judged]


def _share(passed: Sequence[bool]) -> str:
    return f"{sum(passed)} of {len(passed)}"


def _said(one: Judged, i: int) -> str:
    return f"{one.verdicts[i][1].got}: {shorten(one.reply.answer or one.reply.text, 120)}"


def _not_more(
    case: Case, held: Held, replies: Sequence[Reply], others: Sequence[Reply]
) -> tuple[str, dict[str, Any]]:
    """Return what is told of a case that does not measure more, and both numbers."""
    measure, name = held.measure, held.case.prompt_id
    assert measure
    where = f"{case.behavior.document.path}:{held.line}: expected {measure} more than of the prompt"
    try:
        less = measure(held.case.parts(others))
        more = measure(case.parts(replies))
    except ValueError as error:
        got = f"no number: {error}"
        return f"{where} {name}, got {got}", {"got": got}
    evidence = {"got": f"{more:.4g}, {name} {less:.4g}", "number": more, "other": less}
    if more > less:
        return "", evidence
    said = "\n".join(
        f"    {prompt}: {shorten(reply.answer or reply.text, 120)}"
        for prompt, some in ((name, others), (case.prompt_id, replies))
        for reply in some
    )
    return f"{where} {name}, which has {less:.4g}, got {more:.4g}\n{said}", evidence
