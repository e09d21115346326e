"""How much a text, or the samples of a case, differ within themselves."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.text import folded_words, grams
from pytest_qwen.traits.verdict import Part


def positive(n: int) -> None:
    """Refuse runs of no words."""
    if n < 1:
        raise ValueError("n of 1 or more")


@measure(check=positive)
def distinct_n(parts: Sequence[Part], n: int = 2) -> float:
    """The share of different n-grams among all n-grams of words, over all samples together.

    Distinct-n of Li et al. (2016), "A Diversity-Promoting Objective Function for Neural
    Conversation Models", NAACL, section 4.2, there for n of 1 and 2; a Han character is a word.
    It falls with the length of the text: compare samples of like length.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> distinct_n([Part("to be or not to be", Reply(text=""))], n=2)
    0.8
    """
    runs = [gram for part in parts for gram in grams(folded_words(part.text), n)]
    if not runs:
        raise ValueError(Reason("checks.no_runs", n=n))
    return len(set(runs)) / len(runs)


@measure
def distinct_1(parts: Sequence[Part]) -> float:
    """`distinct_n` with n of 1: the share of different words."""
    return distinct_n(parts, 1)


@measure
def distinct_2(parts: Sequence[Part]) -> float:
    """`distinct_n` with n of 2: the share of different pairs of words."""
    return distinct_n(parts, 2)
