"""How long replies are, how they end, and how much of them comes again."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.verdict import Part


@measure(of="text")
def compression_ratio(parts: Sequence[Part]) -> float:
    """Compressed size over size (zlib, UTF-8) of all samples with text, each for itself.

    Prose of some hundred words has 0.3 to 0.6, a loop less than 0.16; a short text, whose
    dictionary is not worth it, about 1 and more. A Han character takes three bytes.
    """
    texts = [part.text.encode("utf-8", "replace") for part in parts if part.text]
    if not texts:
        raise ValueError(Reason("checks.no_text"))
    return sum(len(zlib.compress(text)) for text in texts) / sum(map(len, texts))
