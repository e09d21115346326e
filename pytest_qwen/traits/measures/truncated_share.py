"""How long replies are, how they end, and how much of them comes again."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_qwen.model_io.reply import Finish
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.verdict import Part


@measure(of="text")
def truncated_share(parts: Sequence[Part]) -> float:
    """The share of samples that were cut off by their length, in thought or in the answer."""
    return sum(part.reply.finish == Finish.LENGTH for part in parts) / len(parts)
