"""Judge the replies of a case, and say in words what was missed.

All misses of a case are told at once, a paragraph each, beginning with the line in the YAML.
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.visible import log_safe
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.record.record import Judged
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.expectation import Expectation
from pytest_qwen.traits.verdict import Part, Verdict

EXCERPT = 400
"""Characters of a reply that a message shows; the record has all of them."""


def judge(case: Case, replies: Sequence[Reply]) -> list[Judged]:
    """Judge every reply by every expectation of its case.

    A verdict over all replies is each reply's.
    """
    parts = case.parts(replies)
    columns = [_verdicts(expectation, parts) for expectation in case.expectations]
    return [
        Judged(reply, tuple(zip(case.expectations, verdicts, strict=True)))
        for reply, *verdicts in zip(replies, *columns, strict=True)
    ]


def _verdicts(expectation: Expectation, parts: list[Part]) -> list[Verdict]:
    if expectation.over == "replies":
        return [expectation.check.judge(parts)] * len(parts)
    return [expectation.check.judge(part) for part in parts]


def misses(case: Case, judged: Sequence[Judged], command: str) -> str:
    """Return what is told of the expectations that too few samples met, "" where there are none.

    `command` repeats the case.
    """
    path = case.behavior.document.path
    paragraphs = []
    for i, expectation in enumerate(case.expectations):
        verdicts = [one.verdicts[i][1] for one in judged]
        if not expectation.met_by(sum(v.passed is True for v in verdicts), len(verdicts)):
            head = f"{path}:{expectation.line}: expected {expectation}"
            paragraphs.append("\n".join([head + _got(expectation, verdicts), *_samples(i, judged)]))
    if not paragraphs:
        return ""
    return log_safe("\n".join([*paragraphs, *_replies(case, judged), f"again: {command}"]))


def _got(expectation: Expectation, verdicts: Sequence[Verdict]) -> str:
    n = len(verdicts)
    if expectation.over == "replies":
        left_out = verdicts[0].values.get("n_truncated")
        got = f" over {n} samples, got {verdicts[0].got}"
        return got + (f" ({left_out} of {n} truncated)" if left_out else "")
    share = "" if expectation.at_least == 1 else f" in {expectation.at_least:.0%} of samples"
    told = [verdict.passed for verdict in verdicts if verdict.passed is not None]
    got = f"{share}, got it in {sum(told)} of {len(told)}"
    cut = f", and {n - len(told)} of {n} truncated: raise max_new_tokens" if len(told) < n else ""
    return got + cut


def _samples(i: int, judged: Sequence[Judged]) -> list[str]:
    """Say what each sample has that missed expectation `i`; what holds for all is told above."""
    if judged[0].verdicts[i][0].over == "replies":
        return []
    each = ((one.reply, one.verdicts[i][1]) for one in judged)
    return [f"    sample {r.sample}: {verdict.got}" for r, verdict in each if not verdict.passed]


def _replies(case: Case, judged: Sequence[Judged]) -> list[str]:
    """Quote the replies that missed something: thinking shortened, the judged answer in full."""
    lines = []
    for one in judged:
        if all(verdict.passed for _, verdict in one.verdicts):
            continue
        reply = one.reply
        lines.append(f"sample {reply.sample} (seed {reply.seed}, finish {reply.finish}):")
        if reply.thinking:
            lines.append(f"    thinking ({reply.thinking_state}): {shorten(reply.thinking, 160)}")
        answer = case.behavior.cut(reply.answer)
        said = answer if reply.thinking or case.behavior.cuts else reply.text
        lines += (f"    | {line}" for line in _excerpt(said).splitlines() or ["(no answer)"])
        if answer != reply.answer:
            lines.append("    (cut here by stop_at or first_line)")
    return lines


def _excerpt(text: str) -> str:
    if len(text) <= EXCERPT:
        return text
    return f"{text[:EXCERPT]}… ({len(text) - EXCERPT} more characters, see the record)"
