"""The parts of a reply that the page shows: how long they are, where a span stands in them."""

from __future__ import annotations

from typing import Literal

from pytest_qwen.record.schema import SampleLine

ShownPart = Literal["answer", "thinking"]


def shift(sample: SampleLine, of: object, part: ShownPart) -> int | None:
    """Return what to add to a span's ends so that they count from the beginning of a shown part.

    Args:
        sample: its answer is shown whole, with all of the text, where there is no thinking.
        of: what the span counts in: text, answer or thinking.
        part: the part that is shown.

    Returns:
        None where the one or the other is nowhere in the text.
    """
    reply = sample.reply
    if reply is None:
        return None
    starts = {
        "text": 0,
        "answer": reply.text.rfind(reply.answer),
        "thinking": reply.text.find(reply.thinking),
    }
    start = starts.get(str(of), -1)
    shown = starts["text" if part == "answer" and not reply.thinking else part]
    return None if min(start, shown) < 0 else start - shown


def thinking_tokens(sample: SampleLine) -> int:
    """Return how many tokens of a reply are thinking."""
    return sample.reply.n_thinking_tokens if sample.reply else 0


def answer_tokens(sample: SampleLine) -> int:
    """Return how many tokens of a reply are the answer."""
    return len(sample.reply.token_ids) - thinking_tokens(sample) if sample.reply else 0
