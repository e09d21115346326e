"""How long replies are, how they end, and how much of them comes again."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from pytest_qwen.model_io.reply import Finish
from pytest_qwen.traits.builtin.continuation_loop import continuation_loop
from pytest_qwen.traits.builtin.length import Unit
from pytest_qwen.traits.builtin.thinking_tokens import thinking_size
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


@measure(of="text", needs=["thinking"])
def thinking_length(parts: Sequence[Part]) -> float:
    """The mean number of tokens of thinking; of words, in replies whose tokens were not counted."""
    return sum(thinking_size(part.reply)[0] for part in parts) / len(parts)


@measure(of="text", needs=["thinking"])
def thinking_share(parts: Sequence[Part]) -> float:
    """The share of thinking in all words of thinking and answers.

    Of a share near 1, little came of much thinking; that is no fault by itself.
    """
    thought = sum(len(words(part.reply.thinking)) for part in parts)
    total = thought + sum(len(words(part.reply.answer)) for part in parts)
    if not total:
        raise ValueError("no words in any sample")
    return thought / total


@measure(of="text")
def truncated_share(parts: Sequence[Part]) -> float:
    """The share of samples that were cut off by their length, in thought or in the answer."""
    return sum(part.reply.finish == Finish.LENGTH for part in parts) / len(parts)


@measure(of="text")
def loop_share(parts: Sequence[Part]) -> float:
    """The share of samples that go round in circles, see the trait `continuation_loop`."""
    return sum(bool(continuation_loop(part).passed) for part in parts) / len(parts)


@measure(of="text")
def compression_ratio(parts: Sequence[Part]) -> float:
    """Compressed size over size (zlib, UTF-8) of all samples with text, each for itself.

    Prose of some hundred words has 0.3 to 0.6, a loop less than 0.16; a short text, whose
    dictionary is not worth it, about 1 and more. A Han character takes three bytes.
    """
    said = [part.text.encode("utf-8", "replace") for part in parts if part.text]
    if not said:
        raise ValueError("no text in any sample")
    return sum(len(zlib.compress(text)) for text in said) / sum(map(len, said))
