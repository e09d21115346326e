"""What a reply must say, or must not."""

from __future__ import annotations

import re

from pytest_qwen.messages.names import shorten
from pytest_qwen.traits.builtin.ifeval.catalogue import (
    Relation,
    folded,
    goes_on,
    instruction,
    related,
)
from pytest_qwen.traits.verdict import Part, Span, Verdict


def _found(word: str, text: str) -> list[Span]:
    """Find a word or the beginning of one, whatever its case and width.

    `rice` is found in `Ricecake`, not in `price`; in Chinese words are found anywhere.
    """
    matches = re.finditer(re.escape(folded(word).strip()), folded(text))
    return [match.span() for match in matches if not goes_on(text, match.start())]


@instruction("keywords:existence")
def existence(part: Part, keywords: list[str]) -> Verdict:
    """Every keyword stands in the reply, as a word or at the beginning of one."""
    found = {k: _found(k, part.text) for k in keywords}
    missing = [shorten(k) for k, spans in found.items() if not spans]
    spans = tuple(span for first in found.values() for span in first[:1])
    got = f"text without {' and '.join(missing)}" if missing else "all of them"
    return Verdict(not missing, got, spans)


@instruction("keywords:frequency")
def frequency(part: Part, keyword: str, frequency: int, relation: Relation) -> Verdict:
    """The keyword stands so often in the reply."""
    spans = _found(keyword, part.text)
    return related(len(spans), relation, frequency, "occurrence", tuple(spans))


@instruction("keywords:forbidden_words")
def forbidden_words(part: Part, forbidden_words: list[str]) -> Verdict:
    """No forbidden word stands in the reply; as a part of another word it may."""
    found = {w: _found(w, part.text) for w in forbidden_words}
    whole = {w: [s for s in found[w] if not goes_on(part.text, s[1])] for w in found}
    said = [shorten(word) for word, spans in whole.items() if spans]
    spans = tuple(span for same in whole.values() for span in same)
    return Verdict(not said, f"{' and '.join(said)} in it" if said else "none of them", spans)


@instruction("keywords:letter_frequency")
def letter_frequency(
    part: Part, letter: str, let_frequency: int, let_relation: Relation
) -> Verdict:
    """The letter, or any other character, occurs so often, whatever its case and width."""
    count = folded(part.text).count(folded(letter))
    return related(count, let_relation, let_frequency, "occurrence")
