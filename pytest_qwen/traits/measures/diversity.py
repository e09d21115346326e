"""How much a text, or the samples of a case, differ within themselves."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.text import folded_words, grams
from pytest_qwen.traits.verdict import Part

Grams = Counter[tuple[str, ...]]


def _positive(n: int) -> None:
    if n < 1:
        raise ValueError("n of 1 or more")


@measure(check=_positive)
def distinct_n(parts: Sequence[Part], n: int = 2) -> float:
    """The share of different n-grams among all n-grams of words, over all samples together.

    Distinct-n of Li et al. (2016), "A Diversity-Promoting Objective Function for Neural
    Conversation Models", NAACL, section 4.2, there for n of 1 and 2; a Han character is a word.
    It falls with the length of the text: compare samples of like length.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> distinct_n([Part("to be or not to be", Reply(text=""))], n=2)
    0.8
    """
    said = [gram for part in parts for gram in grams(folded_words(part.text), n)]
    if not said:
        raise ValueError(f"no run of {n} words in any sample")
    return len(set(said)) / len(said)


@measure
def distinct_1(parts: Sequence[Part]) -> float:
    """`distinct_n` with n of 1: the share of different words."""
    return distinct_n(parts, 1)


@measure
def distinct_2(parts: Sequence[Part]) -> float:
    """`distinct_n` with n of 2: the share of different pairs of words."""
    return distinct_n(parts, 2)


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
        raise ValueError("two samples to compare")
    bags = [Counter(grams(["<", *folded_words(part.text), ">"], 2)) for part in parts]
    pairs = [2 * (a & b).total() / (a.total() + b.total()) for a, b in combinations(bags, 2)]
    return sum(pairs) / len(pairs)


@measure(check=_positive)
def self_bleu(parts: Sequence[Part], n: int = 4) -> float:
    """BLEU of each sample with the other samples as its references, on average; 1 where all agree.

    Self-BLEU of Zhu et al. (2018), "Texygen: A Benchmarking Platform for Text Generation Models",
    SIGIR; BLEU-n of Papineni et al. (2002) with equal weights for runs of 1 to n words, and 0.1 in
    the place of no match (method 1 of Chen and Cherry 2014). A Han character is a word. Samples
    shorter than n words have shorter runs only.
    """
    texts = [folded_words(part.text) for part in parts]
    if len(texts) < 2 or not all(texts):
        raise ValueError("two samples to compare, each with words")
    counts = [[Counter(grams(text, size)) for size in range(1, n + 1)] for text in texts]
    best = [_two_greatest([one[size] for one in counts]) for size in range(n)]
    scores = (_bleu(i, texts, counts, best) for i in range(len(texts)))
    return sum(scores) / len(texts)


def _two_greatest(counts: list[Grams]) -> dict[tuple[str, ...], tuple[int, int, int]]:
    """Return for each gram its greatest count, the sample that has it, and the second greatest.

    So the greatest count among the others is known for each sample without comparing them all.
    """
    best: dict[tuple[str, ...], tuple[int, int, int]] = {}
    for i, one in enumerate(counts):
        for gram, count in one.items():
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
