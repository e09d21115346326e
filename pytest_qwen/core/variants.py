"""Metamorphic relations: a prompt held against another one of its behavior.

The same request in other words keeps every verdict (`same_as`); one that asks for more gets more
(`more_than`). Neither needs to know the right answer (Ribeiro et al. 2020, "Beyond Accuracy:
Behavioral Testing of NLP Models with CheckList", invariance and directional expectation tests).
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_qwen.core.expect import Expectation
from pytest_qwen.core.names import shorten
from pytest_qwen.core.plan import Case
from pytest_qwen.core.record import Judged
from pytest_qwen.core.reply import Reply
from pytest_qwen.core.visible import log_safe


def other_verdicts(case: Case, judged: Sequence[Judged], other: Sequence[Judged]) -> str:
    """Return what is told of the expectations that a case and its `same_as` meet differently.

    "" where both meet or both miss each of them.
    """
    assert case.same_as
    path, name = case.behavior.document.path, case.same_as.case.prompt_id
    told = []
    pairs = zip(case.expectations, case.same_as.case.expectations, strict=True)
    for i, (expectation, others) in enumerate(pairs):
        here, there = _passed(judged, i), _passed(other, i)
        if _met(expectation, here) != _met(others, there):
            told.append(
                f"{path}:{case.same_as.line}: expected {expectation} as of the prompt {name}, "
                f"which has it in {_share(there)}, got it in {_share(here)}"
            )
            told += (f"    {name}: {_said(one, i)}" for one in other)
            told += (f"    {case.prompt_id}: {_said(one, i)}" for one in judged)
    return log_safe("\n".join(told))


def _passed(judged: Sequence[Judged], i: int) -> list[bool]:
    return [bool(one.verdicts[i][1].passed) for one in judged]


def _met(expectation: Expectation, passed: Sequence[bool]) -> bool:
    return expectation.met_by(sum(passed), len(passed))


def _share(passed: Sequence[bool]) -> str:
    return f"{sum(passed)} of {len(passed)}"


def _said(one: Judged, i: int) -> str:
    return f"{one.verdicts[i][1].got}: {shorten(one.reply.answer or one.reply.text, 120)}"


def not_more(case: Case, replies: Sequence[Reply], other: Sequence[Reply]) -> str:
    """Return what is told of a case that does not measure more than its `more_than`, else ""."""
    held = case.more_than
    assert held
    measure = held.measure
    assert measure
    where = f"{case.behavior.document.path}:{held.line}: expected {measure} more than of the prompt"
    try:
        less = measure(held.case.parts(other))
        more = measure(case.parts(replies))
    except ValueError as error:
        return log_safe(f"{where} {held.case.prompt_id}, got no number: {error}")
    if more > less:
        return ""
    said = "\n".join(
        f"    {name}: {shorten(reply.answer or reply.text, 120)}"
        for name, some in ((held.case.prompt_id, other), (case.prompt_id, replies))
        for reply in some
    )
    head = f"{where} {held.case.prompt_id}, which has {less:.4g}, got {more:.4g}"
    return log_safe(f"{head}\n{said}")
