"""Judge the replies of a case, and say in words what was missed.

All misses of a case are told at once, a paragraph each, beginning with the line in the YAML.
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_qwen.core.expect import Expectation
from pytest_qwen.core.names import shorten
from pytest_qwen.core.plan import Case
from pytest_qwen.core.record import Judged
from pytest_qwen.core.reply import Reply
from pytest_qwen.core.verdict import Verdict
from pytest_qwen.core.visible import log_safe

EXCERPT = 400
"""Characters of a reply that a message shows; the record has all of them."""


def judge(case: Case, replies: Sequence[Reply]) -> list[Judged]:
    """Judge every reply by every expectation of its case."""
    return [
        Judged(
            reply,
            tuple(
                (expectation, expectation.check.judge(part)) for expectation in case.expectations
            ),
        )
        for reply, part in zip(replies, case.parts(replies), strict=True)
    ]


def misses(case: Case, judged: Sequence[Judged], command: str) -> str:
    """Return what is told of the expectations that too few samples met, "" where there are none.

    `command` repeats the case.
    """
    path = case.behavior.document.path
    paragraphs = []
    for i, expectation in enumerate(case.expectations):
        verdicts = [(one.reply, one.verdicts[i][1]) for one in judged]
        missed = [(reply, verdict) for reply, verdict in verdicts if not verdict.passed]
        if not expectation.met_by(len(verdicts) - len(missed), len(verdicts)):
            head = f"{path}:{expectation.line}: {_claim(expectation, len(verdicts), len(missed))}"
            paragraphs.append("\n".join([head, *(_sample(*one) for one in missed)]))
    if not paragraphs:
        return ""
    return log_safe("\n".join([*paragraphs, *_replies(judged), f"again: {command}"]))


def _claim(expectation: Expectation, n: int, n_missed: int) -> str:
    share = "" if expectation.at_least == 1 else f" in {expectation.at_least:.0%} of samples"
    return f"expected {expectation}{share}, got it in {n - n_missed} of {n}"


def _sample(reply: Reply, verdict: Verdict) -> str:
    return f"    sample {reply.sample}: {verdict.got}"


def _replies(judged: Sequence[Judged]) -> list[str]:
    """Quote the replies that missed something: thinking shortened, the answer in full."""
    lines = []
    for one in judged:
        if all(verdict.passed for _, verdict in one.verdicts):
            continue
        reply = one.reply
        lines.append(f"sample {reply.sample} (seed {reply.seed}, finish {reply.finish}):")
        if reply.thinking:
            lines.append(f"    thinking ({reply.thinking_state}): {shorten(reply.thinking, 160)}")
        said = reply.answer if reply.thinking else reply.text
        lines += (f"    | {line}" for line in _excerpt(said).splitlines() or ["(no answer)"])
    return lines


def _excerpt(text: str) -> str:
    if len(text) <= EXCERPT:
        return text
    return f"{text[:EXCERPT]}… ({len(text) - EXCERPT} more characters, see the record)"
