"""Whether a text keeps the style of its prompt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.text import grams
from pytest_qwen.traits.verdict import Part

_LEAST = 50  # characters; the profile of less is chance


@measure
def style_similarity(parts: Sequence[Part]) -> float:
    """How alike prompt and text are in their runs of three characters, from 0 to 1; the mean.

    One minus the dissimilarity of Kešelj et al. (2003), "N-gram-based Author Profiles for
    Authorship Attribution", PACLING: the sum of (2 (f - g) / (f + g))² over all runs, f and g
    being their shares in both texts, here over its greatest possible value. Spelling, punctuation,
    line ends and common words weigh in, and so does the subject. Prompt and text have at least 50
    characters each.
    """
    if min(len(text) for part in parts for text in (part.prompt, part.text)) < _LEAST:
        raise ValueError(Reason("checks.too_short", n=_LEAST))
    return sum(_similarity(part.prompt, part.text) for part in parts) / len(parts)


def _similarity(prompt: str, text: str) -> float:
    f, g = _profile(prompt), _profile(text)
    either = f.keys() | g.keys()
    distance = sum((2 * (f[gram] - g[gram]) / (f[gram] + g[gram])) ** 2 for gram in either)
    return 1 - distance / (4 * len(either))


def _profile(text: str) -> Counter[tuple[str, ...]]:
    counts = Counter(grams(text, 3))
    total = counts.total()
    return Counter({gram: n / total for gram, n in counts.items()})
