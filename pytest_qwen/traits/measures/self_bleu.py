"""How much a text, or the samples of a case, differ within themselves."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.measures.distinct_n import positive
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.text import folded_words, grams
from pytest_qwen.traits.verdict import Part

Grams = Counter[tuple[str, ...]]


@measure(check=positive)
def self_bleu(parts: Sequence[Part], n: int = 4) -> float:
    """BLEU of each sample with the other samples as its references, on average; 1 where all agree.

    Self-BLEU of Zhu et al. (2018), "Texygen: A Benchmarking Platform for Text Generation Models",
    SIGIR; BLEU-n of Papineni et al. (2002) with equal weights for runs of 1 to n words, and 0.1 in
    the place of no match (method 1 of Chen and Cherry 2014). A Han character is a word. Samples
    shorter than n words have shorter runs only.
    """
    texts = [folded_words(part.text) for part in parts]
    if len(texts) < 2 or not all(texts):
        raise ValueError(Reason("checks.too_few_samples_with_words"))
    counts = [[Counter(grams(text, size)) for size in range(1, n + 1)] for text in texts]
    best = [_two_greatest([sample[size] for sample in counts]) for size in range(n)]
    scores = (_bleu(i, texts, counts, best) for i in range(len(texts)))
    return sum(scores) / len(texts)


def _two_greatest(counts: list[Grams]) -> dict[tuple[str, ...], tuple[int, int, int]]:
    """Return for each gram its greatest count, the sample that has it, and the second greatest.

    So the greatest count among the others is known for each sample without comparing them all.
    """
    best: dict[tuple[str, ...], tuple[int, int, int]] = {}
    for i, sample in enumerate(counts):
        for gram, count in sample.items():
            first, owner, second = best.get(gram, (0, i, 0))
            if count > first:
                best[gram] = (count, i, first)
            else:
                best[gram] = (first, owner, max(second, count))
    return best


def _bleu(
    i: int,
    texts: list[list[str]],
    counts: list[list[Grams]],
    best: list[dict[tuple[str, ...], tuple[int, int, int]]],
) -> float:
    logs = []
    for own, others in zip(counts[i], best, strict=True):
        matched = 0
        for gram, count in own.items():
            first, owner, second = others[gram]
            matched += min(count, second if owner == i else first)
        if own:
            logs.append(math.log((matched or 0.1) / own.total()))
    length = len(texts[i])
    lengths = (len(text) for j, text in enumerate(texts) if j != i)
    closest = min(lengths, key=lambda other: (abs(other - length), other))
    brevity = min(0.0, 1 - closest / length)
    return math.exp(brevity + sum(logs) / len(logs))
