"""Whether a text means what a reference says, in whatever words."""

from __future__ import annotations

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._embeddings import cosine, need_embeddings
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


def _has_meaning(references: str | list[str], at_least: float) -> None:
    need_embeddings()
    if not all(map(str.strip, _listed(references))) or not references:
        raise ValueError("references that have text")
    if not 0 < at_least <= 1:
        raise ValueError("at_least in (0, 1]")


@trait(check=_has_meaning)
def similar(part: Part, references: str | list[str], at_least: float = 0.75) -> Verdict:
    """The text means about the same as the reference, or as any of several, in whatever words.

    The cosine of their sentence embeddings is at least so large. Languages may differ. It tells
    what a text is about, not whether it is true: a denial is as near as what it denies.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> similar(Part("您打算去什么地方旅游？", Reply(text="")), "请问您想去哪里旅行？").got
    "similarity 0.838 to '请问您想去哪里旅行？'"
    """
    cosines = {reference: cosine(part.text, reference) for reference in _listed(references)}
    nearest = max(cosines, key=cosines.__getitem__)
    similarity = cosines[nearest]
    got = Reason("checks.similarity", similarity=similarity, reference=shorten(nearest))
    values = {"similarity": similarity, "reference": nearest}
    return Verdict(similarity >= at_least, got, (), values)


def _listed(references: str | list[str]) -> list[str]:
    return [references] if isinstance(references, str) else references
