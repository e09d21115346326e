"""How long replies are, how they end, and how much of them comes again."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_qwen.traits.builtin.length import Unit
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.text import sentences, words
from pytest_qwen.traits.verdict import Part


@measure
def answer_length(parts: Sequence[Part], unit: Unit = "words") -> float:
    """The mean length of the answers in `characters`, `words` or `sentences`; `of:` another part.

    A Han character is a word.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> answer_length([Part("水稻。", Reply(text="")), Part("Rice grows. Good!", Reply(text=""))])
    2.5
    """
    size = {"characters": lambda text: text.strip(), "words": words, "sentences": sentences}[unit]
    return sum(len(size(part.text)) for part in parts) / len(parts)
