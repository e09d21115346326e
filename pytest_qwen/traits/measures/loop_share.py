"""How long replies are, how they end, and how much of them comes again."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_qwen.traits.builtin.continuation_loop import continuation_loop
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.verdict import Part


@measure(of="text")
def loop_share(parts: Sequence[Part]) -> float:
    """The share of samples that go round in circles, see the trait `continuation_loop`."""
    return sum(bool(continuation_loop(part).passed) for part in parts) / len(parts)
