"""Judge the replies of a case, and say in words what was missed.

All misses of a case are told at once, a paragraph each, beginning with the line in the YAML.
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_qwen.judging.lines import JudgedSample, sample_line
from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.visible import log_safe
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.record.case import enough
from pytest_qwen.record.schema import SampleLine
from pytest_qwen.spec.cases import Case
from pytest_qwen.spec.expectation import Expectation
from pytest_qwen.traits.verdict import Part, Verdict

EXCERPT = 400
"""Characters of a reply that a message shows; the record has all of them."""


def judge(case: Case, replies: Sequence[Reply]) -> list[JudgedSample]:
    """Judge every reply by every expectation of its case.

    A verdict over all replies is each reply's.
    """
    parts = case.parts(replies)
    columns = [_verdicts(expectation, parts) for expectation in case.expectations]
    return [
        JudgedSample(reply, tuple(zip(case.expectations, verdicts, strict=True)))
        for reply, *verdicts in zip(replies, *columns, strict=True)
    ]


def _verdicts(expectation: Expectation, parts: list[Part]) -> list[Verdict]:
    if expectation.over == "replies":
        return [expectation.check.judge(parts)] * len(parts)
    return [expectation.check.judge(part) for part in parts]


def sample_lines(
    asked: SampleLine, case: Case, samples: Sequence[JudgedSample]
) -> list[SampleLine]:
    """Return the lines of samples, with how many characters of each answer were judged."""
    return [
        sample_line(asked, sample).but(judged=len(case.behavior.cut(sample.reply.answer)))
        for sample in samples
    ]


def misses(case: Case, judged: Sequence[JudgedSample]) -> str:
    """Return a message on the expectations that too few samples met, "" where there are none."""
    path = case.behavior.document.path
    paragraphs = []
    for i, expectation in enumerate(case.expectations):
        verdicts = [sample.verdicts[i][1] for sample in judged]
        passed = sum(verdict.passed is True for verdict in verdicts)
        if not enough(passed, len(verdicts), expectation.at_least):
            head = f"{path}:{expectation.line}: expected {expectation}"
            paragraphs.append("\n".join([head + _got(expectation, verdicts), *_samples(i, judged)]))
    if not paragraphs:
        return ""
    return log_safe("\n".join([*paragraphs, *_replies(case, judged)]))


def _got(expectation: Expectation, verdicts: Sequence[Verdict]) -> str:
    n = len(verdicts)
    if expectation.over == "replies":
        verdict = verdicts[0]
        over = f" over {n} sample{'s' * (n != 1)}"
        got = f"{over}, got {'no verdict: ' * (verdict.passed is None)}{verdict.got}"
        n_cut = verdict.values.get("n_truncated")
        return got + (f" ({n_cut} of {n} truncated)" if n_cut else "")
    share = "" if expectation.at_least == 1 else f" in {expectation.at_least:.0%} of samples"
    judged = [verdict.passed for verdict in verdicts if verdict.passed is not None]
    got = f"{share}, got it in {sum(judged)} of {len(judged)}"
    n_cut = sum(verdict.cut_off for verdict in verdicts)
    if n_cut:
        got += f", and {n_cut} of {n} truncated: raise max_new_tokens"
    why = [verdict.got for verdict in verdicts if verdict.passed is None and not verdict.cut_off]
    return got + (f", and no verdict in {len(why)} of {n}: {_each(why)}" if why else "")


def _each(reasons: Sequence[str]) -> str:
    """Join reasons, each told once."""
    return "; ".join(dict.fromkeys(reasons))


def _samples(i: int, judged: Sequence[JudgedSample]) -> list[str]:
    """Say what each sample has that missed expectation `i`; what holds for all is told above."""
    if judged[0].verdicts[i][0].over == "replies":
        return []
    each = ((sample.reply, sample.verdicts[i][1]) for sample in judged)
    return [f"    sample {r.sample}: {verdict.got}" for r, verdict in each if not verdict.passed]


def _replies(case: Case, judged: Sequence[JudgedSample]) -> list[str]:
    """Quote the replies that missed something: thinking shortened, the judged answer in full."""
    lines = []
    for sample in judged:
        if all(verdict.passed for _, verdict in sample.verdicts):
            continue
        reply = sample.reply
        lines.append(f"sample {reply.sample} (seed {reply.seed}, finish {reply.finish}):")
        if reply.thinking:
            lines.append(f"    thinking ({reply.thinking_state}): {shorten(reply.thinking, 160)}")
        answer = case.behavior.cut(reply.answer)
        shown = answer if reply.thinking or case.behavior.cuts else reply.text
        lines += (f"    | {line}" for line in _excerpt(shown).splitlines() or ["(no answer)"])
        if answer != reply.answer:
            lines.append("    (cut here by stop_at or first_line)")
    return lines


def _excerpt(text: str) -> str:
    if len(text) <= EXCERPT:
        return text
    return f"{text[:EXCERPT]}… ({len(text) - EXCERPT} more characters, see the record)"
