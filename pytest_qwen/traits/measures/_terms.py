"""Content words, counted; the likeness of two counts.

They say that a text keeps to its words, not that it is true or well put: a loop is cohesive.
"""

from __future__ import annotations

import math
import re
from collections import Counter

from pytest_qwen.traits.builtin.language import FUNCTION_WORDS
from pytest_qwen.traits.text import is_han, words

_FUNCTION_WORDS = frozenset(FUNCTION_WORDS["latin"]["en"].split())
_PARTICLES = re.compile("[的了是在和与或就都也很这那我你他她它们有不个]")


def terms(text: str) -> Counter[str]:
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


def cosine(a: Counter[str], b: Counter[str]) -> float:
    """Return how alike two counts are, from 0 to 1."""
    length = math.sqrt(sum(n * n for n in a.values()) * sum(n * n for n in b.values()))
    return sum(n * b[term] for term, n in a.items()) / length if length else 0.0
