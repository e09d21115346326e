"""Whether a text hangs together and keeps to what was asked, by its words alone.

Both are counts of words that come again, so they need no model and no list of synonyms. They say
that a text keeps to its words, not that it is true or well put: a loop hangs together perfectly.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from pytest_qwen.traits.builtin.language import FUNCTION_WORDS
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.text import is_han, sentences, words
from pytest_qwen.traits.verdict import Part

_FUNCTION_WORDS = frozenset(FUNCTION_WORDS["latin"]["en"].split())
_PARTICLES = re.compile("[的了是在和与或就都也很这那我你他她它们有不个]")


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
        bags = [_terms(part.text[slice(*span)]) for span in sentences(part.text)]
        pairs = [_cosine(a, b) for a, b in pairwise(bags)]
        if pairs:
            scores.append(sum(pairs) / len(pairs))
    if not scores:
        raise ValueError("two sentences in any sample")
    return sum(scores) / len(scores)


@measure
def relevance(parts: Sequence[Part]) -> float:
    """How alike prompt and reply are in their content words, from 0 to 1; the mean of samples.

    The cosine of their term counts, as in the vector space model of Salton, Wong and Yang (1975),
    "A Vector Space Model for Automatic Indexing", CACM 18(11). An echo of the prompt has 1.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> round(relevance([Part("水稻长在水田里。", Reply(text=""), prompt="水稻是什么？")]), 2)
    0.35
    """
    asked = [_terms(part.prompt) for part in parts]
    if not all(asked):
        raise ValueError("content words in the prompt")
    scores = (_cosine(a, _terms(part.text)) for a, part in zip(asked, parts, strict=True))
    return sum(scores) / len(parts)


def _terms(text: str) -> Counter[str]:
    """Count content words: of Han text pairs of neighbours, of other text no function words."""
    terms: Counter[str] = Counter()
    last = (-1, "")
    for start, end in words(_PARTICLES.sub(" ", text)):
        word = text[start:end].casefold()
        if is_han(word):
            terms[last[1] + word] += last[0] == start
            last = (end, word)
        elif word not in _FUNCTION_WORDS:
            terms[word] += 1
    return +terms


def _cosine(a: Counter[str], b: Counter[str]) -> float:
    length = math.sqrt(sum(n * n for n in a.values()) * sum(n * n for n in b.values()))
    return sum(n * b[term] for term, n in a.items()) / length if length else 0.0
