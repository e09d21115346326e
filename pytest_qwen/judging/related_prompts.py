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
from pytest_qwen.traits.verdict import Verdict


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
    """Return a message on the expectations that two cases meet differently, and which they are.

    Where a sample of either has no verdict, nobody knows whether they do: that is told as well.
    """
    lines: list[Reason] = []
    differing: list[Reason] = []
    given = [(held.case.prompt_id, others), (case.prompt_id, samples)]
    for i in range(len(case.expectations)):
        if difference := _difference(case, held, i, *(_verdicts(side, i) for _, side in given)):
            differing.append(difference[0])
            lines.append(difference[1])
            lines += (
                _quoted(name, sample.reply, sample.verdicts[i][1].got)
                for name, side in given
                for sample in side
            )
    if not differing:
        return "", _evidence(Reason("judging.same_verdicts"))
    several = Reason("reason.several", reasons=differing)
    return Reason("judging.lines", lines=lines), _evidence(several)


def _difference(
    case: Case, held: Held, i: int, there: Sequence[Verdict], here: Sequence[Verdict]
) -> tuple[Reason, Reason] | None:
    """Return how an expectation is met otherwise, short and as a line; None where it is alike."""
    expectation, place = case.expectations[i], _place(case, held)
    asked: dict[str, Any] = {"expectation": str(expectation), "prompt": held.case.prompt_id}
    sides = ((held.case.prompt_id, there), (case.prompt_id, here))
    if lacking := [_no_verdict(prompt, verdicts) for prompt, verdicts in sides if _open(verdicts)]:
        short = Reason("judging.expectation_open", expectation=str(expectation), lacking=lacking)
        return short, Reason("judging.same_without_verdict", place=place, lacking=lacking, **asked)
    if _is_met(expectation, here) == _is_met(held.case.expectations[i], there):
        return None
    shares = {"here": _passed(here), "of": len(here)}
    shares |= {"there": _passed(there), "of_there": len(there)}
    short = Reason("judging.share_differs", **asked, **shares)
    return short, Reason("judging.not_the_same", place=place, **asked, **shares)


def _no_verdict(prompt: str, verdicts: Sequence[Verdict]) -> Reason:
    """Say how many samples of a prompt have no verdict, and why, each reason once."""
    without = _open(verdicts)
    truncated = Reason("judging.truncated")
    why = list(dict.fromkeys(truncated if v.cut_off else v.got for v in without))
    return Reason("judging.no_verdict", n=len(without), of=len(verdicts), prompt=prompt, why=why)


def _evidence(got: Reason) -> dict[str, Any]:
    return {"got": str(got), "reason": got.to_json()}


def _place(case: Case, held: Held) -> str:
    return f"{case.behavior.document.path}:{held.line}"


def _verdicts(samples: Sequence[JudgedSample], i: int) -> list[Verdict]:
    return [sample.verdicts[i][1] for sample in samples]


def _open(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.passed is None]


def _passed(verdicts: Sequence[Verdict]) -> int:
    return sum(verdict.passed is True for verdict in verdicts)


def _is_met(expectation: Expectation, verdicts: Sequence[Verdict]) -> bool:
    return enough(_passed(verdicts), len(verdicts), expectation.at_least)


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
    numbers: list[float] = []
    lacking: list[Reason] = []
    for asked, given in ((held.case, others), (case, replies)):
        try:
            numbers.append(held.measure(asked.parts(given)))
        except ValueError as error:
            why = error.args[0] if error.args else ""
            lacking.append(Reason("judging.no_number", prompt=asked.prompt_id, why=why))
    if lacking:
        message = Reason(
            "judging.more_without_number",
            place=place,
            measure=measure,
            prompt=prompt,
            lacking=lacking,
        )
        return message, _evidence(Reason("reason.several", reasons=lacking))
    less, more = numbers
    got = Reason("judging.numbers", more=more, prompt=prompt, less=less)
    evidence = _evidence(got) | {"number": more, "other": less}
    if more > less:
        return "", evidence
    first = Reason(
        "judging.not_more", place=place, measure=measure, prompt=prompt, less=less, more=more
    )
    sides = [(prompt, others), (case.prompt_id, replies)]
    quoted = (_quoted(name, reply, "") for name, given in sides for reply in given)
    return Reason("judging.lines", lines=[first, *quoted]), evidence
