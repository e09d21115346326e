"""Whether a text hangs together and keeps to what was asked, by its words alone."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.measures._terms import cosine, terms
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.verdict import Part


@measure
def relevance(parts: Sequence[Part]) -> float:
    """How alike prompt and reply are in their content words, from 0 to 1; the mean of samples.

    The cosine of their term counts, as in the vector space model of Salton, Wong and Yang (1975),
    "A Vector Space Model for Automatic Indexing", CACM 18(11). An echo of the prompt has 1.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> round(relevance([Part("水稻长在水田里。", Reply(text=""), prompt="水稻是什么？")]), 2)
    0.35
    """
    prompts = [terms(part.prompt) for part in parts]
    if not all(prompts):
        raise ValueError(Reason("checks.no_content_words"))
    scores = (cosine(a, terms(part.text)) for a, part in zip(prompts, parts, strict=True))
    return sum(scores) / len(parts)
