"""How long replies are, how they end, and how much of them comes again."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.text import words
from pytest_qwen.traits.verdict import Part


@measure(of="text", needs=["thinking"])
def thinking_share(parts: Sequence[Part]) -> float:
    """The share of thinking in all words of thinking and answers.

    Of a share near 1, little came of much thinking; that is no fault by itself.
    """
    thought = sum(len(words(part.reply.thinking)) for part in parts)
    total = thought + sum(len(words(part.reply.answer)) for part in parts)
    if not total:
        raise ValueError(Reason("checks.no_words"))
    return thought / total
