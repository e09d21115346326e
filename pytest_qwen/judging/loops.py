"""Loops in replies that were cut off: nothing is expected of them, but the page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_qwen.model_io.reply import Finish, Reply
from pytest_qwen.record.parts import RecordedVerdict
from pytest_qwen.record.plain import plain
from pytest_qwen.traits.builtin.continuation_loop import continuation_loop
from pytest_qwen.traits.verdict import Part


def unjudged_loop(reply: Reply, verdicts: Sequence[RecordedVerdict]) -> dict[str, Any] | None:
    """Return where a truncated reply loops and how often, as the evidence of a verdict has it.

    None where it does not, where it ended by itself, and where a verdict says so already.
    """
    judged = any(continuation_loop.__name__ in verdict.traits for verdict in verdicts)
    if judged or reply.finish != Finish.LENGTH:
        return None
    verdict = continuation_loop(Part(reply.text, reply, of="text"))
    if not verdict.passed:
        return None
    spans = [list(span) for span in verdict.spans]
    evidence: dict[str, Any] = plain({"of": "text", "spans": spans, **verdict.values})
    return evidence
