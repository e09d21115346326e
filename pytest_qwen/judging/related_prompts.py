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
from pytest_qwen.messages.visible import log_safe
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
    return judged_whole(line, log_safe(message), evidence)


def _other_verdicts(
    case: Case, held: Held, samples: Sequence[JudgedSample], others: Sequence[JudgedSample]
) -> tuple[str, dict[str, Any]]:
    """Return what is told of the expectations that two cases meet differently, and which."""
    path, name = case.behavior.document.path, held.case.prompt_id
    lines, differing = [], []
    pairs = zip(case.expectations, held.case.expectations, strict=True)
    for i, (expectation, other) in enumerate(pairs):
        here, there = _passed(samples, i), _passed(others, i)
        if _is_met(expectation, here) == _is_met(other, there):
            continue
        differing.append(f"{expectation} in {_share(here)}, {name} in {_share(there)}")
        lines.append(
            f"{path}:{held.line}: expected {expectation} as of the prompt {name}, "
            f"which has it in {_share(there)}, got it in {_share(here)}"
        )
        lines += (f"    {name}: {_quoted(sample, i)}" for sample in others)
        lines += (f"    {case.prompt_id}: {_quoted(sample, i)}" for sample in samples)
    return "\n".join(lines), {"got": "; ".join(differing) or "the same verdicts"}


def _passed(samples: Sequence[JudgedSample], i: int) -> list[bool]:
    return [bool(sample.verdicts[i][1].passed) for sample in samples]


def _is_met(expectation: Expectation, passed: Sequence[bool]) -> bool:
    return enough(sum(passed), len(passed), expectation.at_least)


def _share(passed: Sequence[bool]) -> str:
    return f"{sum(passed)} of {len(passed)}"


def _quoted(sample: JudgedSample, i: int) -> str:
    return f"{sample.verdicts[i][1].got}: {_shortened(sample.reply)}"


def _shortened(reply: Reply) -> str:
    return shorten(reply.answer or reply.text, 120)


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
    quoted = "\n".join(
        f"    {prompt}: {_shortened(reply)}"
        for prompt, asked in ((name, others), (case.prompt_id, replies))
        for reply in asked
    )
    return f"{where} {name}, which has {less:.4g}, got {more:.4g}\n{quoted}", evidence
