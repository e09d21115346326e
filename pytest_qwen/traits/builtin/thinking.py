"""Answers that must be one of a few."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.reply import ThinkingState
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait(of="text", needs=["thinking"])
def thinking(part: Part, states: ThinkingState | list[ThinkingState]) -> Verdict:
    """The reply's think block is in this state, or in one of these; see `ThinkingState`."""
    expected = states if isinstance(states, list) else [states]
    state, n = part.reply.thinking_state, part.reply.n_thinking_tokens
    got = Reason("traits.thinking", state=str(state), n=n)
    return Verdict(state in expected, got, (), {"n_thinking_tokens": n})
