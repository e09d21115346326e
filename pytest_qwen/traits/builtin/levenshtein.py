"""How near a text is to a reference."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict

_FARTHEST = 10_000  # edits: what they cost to find grows with them


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

    distance = Levenshtein.distance(part.text.strip(), reference.strip(), score_cutoff=at_most)
    if distance > at_most:
        return Verdict(False, Reason("checks.more_edits", n=at_most))
    return Verdict(True, Reason("checks.edits", n=distance), (), {"edits": distance})
