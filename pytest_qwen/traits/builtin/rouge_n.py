"""How near a text is to a reference."""

from __future__ import annotations

from collections import Counter

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import folded_words, grams, words
from pytest_qwen.traits.verdict import Part, Verdict


def _has_grams(reference: str, n: int, at_least: float) -> None:
    if n < 1 or not 0 < at_least <= 1:
        raise ValueError("n from 1 up and at_least in (0, 1]")
    if len(words(reference)) < n:
        raise ValueError(f"a reference of at least {n} words")


@trait(check=_has_grams)
def rouge_n(part: Part, reference: str, n: int = 1, at_least: float = 0.75) -> Verdict:
    """At least this share of the reference's runs of `n` words stands in the text.

    A run counts as often as both have it: ROUGE-N (Lin, "ROUGE: A Package for Automatic Evaluation
    of Summaries", 2004). Case is folded, and a Han character is a word.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> rouge_n(Part("水稻是粮食", Reply(text="")), "水稻是主粮").got
    'ROUGE-1 0.800'
    """
    wanted, present = _counts(reference, n), _counts(part.text, n)
    recall = (wanted & present).total() / wanted.total()
    got = Reason("checks.rouge", n=n, recall=recall)
    return Verdict(recall >= at_least, got, (), {"recall": recall})


def _counts(text: str, n: int) -> Counter[tuple[str, ...]]:
    return Counter(grams(folded_words(text), n))
