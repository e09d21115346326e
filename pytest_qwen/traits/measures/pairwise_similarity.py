"""How much a text, or the samples of a case, differ within themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.text import folded_words, grams
from pytest_qwen.traits.verdict import Part


@measure
def pairwise_similarity(parts: Sequence[Part]) -> float:
    """How alike two samples are on average, from 0 (no pair of words in common) to 1 (the same).

    The coefficient of Dice (1945), "Measures of the Amount of Ecologic Association Between
    Species", of the pairs of neighbouring words, the two edges of the text included; the mean
    over all pairs of samples. Linear in the texts, which an edit distance is not.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> a, b = (Part(text, Reply(text="")) for text in ("one two three", "one two four"))
    >>> pairwise_similarity([a, b])
    0.5
    """
    if len(parts) < 2:
        raise ValueError(Reason("checks.too_few_samples"))
    bags = [Counter(grams(["<", *folded_words(part.text), ">"], 2)) for part in parts]
    pairs = [2 * (a & b).total() / (a.total() + b.total()) for a, b in combinations(bags, 2)]
    return sum(pairs) / len(pairs)
