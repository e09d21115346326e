"""How near a text is to a reference."""

from __future__ import annotations

from collections import Counter

from pytest_qwen.messages.names import shorten
from pytest_qwen.traits.builtin._bounds import plural
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import grams, words
from pytest_qwen.traits.verdict import Part, Verdict

_FARTHEST = 10_000  # edits: what they cost to find grows with them


@trait
def equals(part: Part, value: str, ignore_case: bool = False) -> Verdict:
    """The text is this one, whitespace around both aside.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> equals(Part("正面\\n", Reply(text="")), "正面").passed
    True
    """
    said, wanted = part.text.strip(), value.strip()
    same = said.casefold() == wanted.casefold() if ignore_case else said == wanted
    return Verdict(same, shorten(said))


def _near_enough(at_most: int, **_: object) -> None:
    if not 0 <= at_most <= _FARTHEST:
        raise ValueError(f"at_most from 0 to {_FARTHEST:,} edits")


@trait(check=_near_enough)
def levenshtein(part: Part, reference: str, at_most: int = 5) -> Verdict:
    """At most so many edits make the reference of the text, whitespace around both aside.

    An edit inserts, deletes or replaces a character (Levenshtein, "Binary codes capable of
    correcting deletions, insertions and reversals", 1966).

    >>> from pytest_qwen.model_io.reply import Reply
    >>> levenshtein(Part("水稻", Reply(text="")), "小麦", at_most=1).got
    'more than 1 edit'
    """
    from rapidfuzz.distance import Levenshtein

    said, wanted = part.text.strip(), reference.strip()
    distance = Levenshtein.distance(said, wanted, score_cutoff=at_most)
    if distance > at_most:
        return Verdict(False, f"more than {plural(at_most, 'edit')}")
    return Verdict(True, plural(distance, "edit"), (), {"edits": distance})


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
    wanted, said = _counts(reference, n), _counts(part.text, n)
    recall = (wanted & said).total() / wanted.total()
    return Verdict(recall >= at_least, f"ROUGE-{n} {recall:.3f}", (), {"recall": recall})


def _counts(text: str, n: int) -> Counter[tuple[str, ...]]:
    return Counter(grams([text[slice(*span)].casefold() for span in words(text)], n))
