"""How long replies are, how they end, and how much of them comes again."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_qwen.traits.builtin.thinking_tokens import thinking_size
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.verdict import Part


@measure(of="text", needs=["thinking"])
def thinking_length(parts: Sequence[Part]) -> float:
    """The mean number of tokens of thinking; of words, in replies whose tokens were not counted."""
    return sum(thinking_size(part.reply)[0] for part in parts) / len(parts)
