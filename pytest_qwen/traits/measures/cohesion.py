"""Whether a text hangs together and keeps to what was asked, by its words alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.measures._terms import cosine, terms
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.text import sentences
from pytest_qwen.traits.verdict import Part


@measure
def cohesion(parts: Sequence[Part]) -> float:
    """How much neighbouring sentences share their content words, from 0 to 1; the mean of samples.

    The mean cosine of the term counts of adjacent sentences: the lexical cohesion of Hearst
    (1997), "TextTiling", Computational Linguistics 23(1), between blocks of one sentence. Samples
    of a single sentence are left out.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> round(cohesion([Part("Rice needs water. Rice needs sun.", Reply(text=""))]), 3)
    0.667
    """
    scores = []
    for part in parts:
        bags = [terms(part.text[slice(*span)]) for span in sentences(part.text)]
        pairs = [cosine(a, b) for a, b in pairwise(bags)]
        if pairs:
            scores.append(sum(pairs) / len(pairs))
    if not scores:
        raise ValueError(Reason("checks.no_two_sentences"))
    return sum(scores) / len(scores)
