"""Metamorphic relations: a prompt held against another one of its behavior.

The same request in other words keeps every verdict (`same_as`); one that asks for more gets more
(`more_than`). Neither needs to know the right answer (Ribeiro et al. 2020, "Beyond Accuracy:
Behavioral Testing of NLP Models with CheckList", invariance and directional expectation tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_qwen.judging.case import judge
from pytest_qwen.judging.lines import JudgedSample, judged_whole, whole_line
from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.record.case import enough
from pytest_qwen.record.schema import CaseLine, SampleLine
from pytest_qwen.spec.cases import Case, Held
from pytest_qwen.spec.expectation import Expectation


def asked_relation(asked: SampleLine, case: Case, held: Held) -> CaseLine:
    """Return the line of a case that is held against another, without what came of it.

    `asked` is what was asked of the case's samples.
    """
    other = f"{asked.case.removesuffix(f'[{case.id}]')}[{held.case.id}]"
    line = whole_line(asked, held.name, held.line, held.args, held.version)
    return line.but(other=other)


def judged_relation(
    line: CaseLine,
    case: Case,
    held: Held,
    samples: Sequence[JudgedSample],
    others: Sequence[Reply],
) -> CaseLine:
    """Judge a case against the replies of another; `message` is what a person is told of a miss."""
    if held.measure is None:
        message, evidence = _other_verdicts(case, held, samples, judge(held.case, others))
    else:
        message, evidence = _not_more(case, held, [sample.reply for sample in samples], others)
    return judged_whole(line, message, evidence)


def _other_verdicts(
    case: Case, held: Held, samples: Sequence[JudgedSample], others: Sequence[JudgedSample]
) -> tuple[str, dict[str, Any]]:
    """Return a message on the expectations that two cases meet differently, and which they are."""
    name = held.case.prompt_id
    lines: list[Reason] = []
    differing: list[Reason] = []
    pairs = zip(case.expectations, held.case.expectations, strict=True)
    for i, (expectation, other) in enumerate(pairs):
        here, there = _passed(samples, i), _passed(others, i)
        if _is_met(expectation, here) == _is_met(other, there):
            continue
        shares: dict[str, Any] = {
            "expectation": str(expectation),
            "prompt": name,
            "here": sum(here),
            "of": len(here),
            "there": sum(there),
            "of_there": len(there),
        }
        differing.append(Reason("judging.share_differs", **shares))
        lines.append(Reason("judging.not_the_same", place=_place(case, held), **shares))
        lines += (_quoted(name, sample.reply, sample.verdicts[i][1].got) for sample in others)
        lines += (
            _quoted(case.prompt_id, sample.reply, sample.verdicts[i][1].got) for sample in samples
        )
    if not differing:
        return "", _evidence(Reason("judging.same_verdicts"))
    several = Reason("reason.several", reasons=differing)
    return Reason("judging.lines", lines=lines), _evidence(several)


def _evidence(got: Reason) -> dict[str, Any]:
    return {"got": str(got), "reason": got.to_json()}


def _place(case: Case, held: Held) -> str:
    return f"{case.behavior.document.path}:{held.line}"


def _passed(samples: Sequence[JudgedSample], i: int) -> list[bool]:
    return [bool(sample.verdicts[i][1].passed) for sample in samples]


def _is_met(expectation: Expectation, passed: Sequence[bool]) -> bool:
    return enough(sum(passed), len(passed), expectation.at_least)


def _quoted(prompt: str, reply: Reply, got: str) -> Reason:
    quoted = shorten(reply.answer or reply.text, 120)
    if got:
        return Reason("judging.judged_reply", prompt=prompt, got=got, reply=quoted)
    return Reason("judging.reply", prompt=prompt, reply=quoted)


def _not_more(
    case: Case, held: Held, replies: Sequence[Reply], others: Sequence[Reply]
) -> tuple[str, dict[str, Any]]:
    """Return a message on a case that does not measure more, and both numbers."""
    assert held.measure
    prompt, place, measure = held.case.prompt_id, _place(case, held), str(held.measure)
    try:
        less = held.measure(held.case.parts(others))
        more = held.measure(case.parts(replies))
    except ValueError as error:
        why = error.args[0] if error.args else ""
        message = Reason(
            "judging.more_without_number", place=place, measure=measure, prompt=prompt, why=why
        )
        return message, _evidence(Reason("judging.no_number", why=why))
    numbers = Reason("judging.numbers", more=more, prompt=prompt, less=less)
    evidence = _evidence(numbers) | {"number": more, "other": less}
    if more > less:
        return "", evidence
    first = Reason(
        "judging.not_more", place=place, measure=measure, prompt=prompt, less=less, more=more
    )
    asked = [(prompt, others), (case.prompt_id, replies)]
    quoted = (_quoted(name, reply, "") for name, given in asked for reply in given)
    return Reason("judging.lines", lines=[first, *quoted]), evidence
