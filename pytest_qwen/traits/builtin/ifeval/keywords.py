"""Words that a reply must have, or must not."""

from __future__ import annotations

import re

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin.ifeval.catalogue import (
    Relation,
    counted,
    folded,
    goes_on,
    instruction,
)
from pytest_qwen.traits.verdict import Part, Span, Verdict


def _places(word: str, text: str) -> list[Span]:
    """Find a word or the beginning of one, whatever its case and width.

    `rice` is found in `Ricecake`, not in `price`; in Chinese words are found anywhere.
    """
    matches = re.finditer(re.escape(folded(word).strip()), folded(text))
    return [match.span() for match in matches if not goes_on(text, match.start())]


@instruction("keywords:existence")
def existence(part: Part, keywords: list[str]) -> Verdict:
    """Every keyword stands in the reply, as a word or at the beginning of one."""
    places = {k: _places(k, part.text) for k in keywords}
    missing = [shorten(k) for k, spans in places.items() if not spans]
    got = Reason("checks.lacks_words", words=missing) if missing else Reason("checks.all_words")
    return Verdict(not missing, got, tuple(span for spans in places.values() for span in spans[:1]))


@instruction("keywords:frequency")
def frequency(part: Part, keyword: str, frequency: int, relation: Relation) -> Verdict:
    """The keyword stands so often in the reply."""
    spans = tuple(_places(keyword, part.text))
    return counted(Reason("checks.occurrences", n=len(spans)), relation, frequency, spans)


@instruction("keywords:forbidden_words")
def forbidden_words(part: Part, forbidden_words: list[str]) -> Verdict:
    """No forbidden word stands in the reply; as a part of another word it may."""
    places = {w: _places(w, part.text) for w in forbidden_words}
    whole = {w: [s for s in places[w] if not goes_on(part.text, s[1])] for w in places}
    present = [shorten(word) for word, spans in whole.items() if spans]
    got = Reason("checks.has_words", words=present) if present else Reason("checks.no_word")
    return Verdict(not present, got, tuple(span for spans in whole.values() for span in spans))


@instruction("keywords:letter_frequency")
def letter_frequency(
    part: Part, letter: str, let_frequency: int, let_relation: Relation
) -> Verdict:
    """The letter, or any other character, occurs so often, whatever its case and width."""
    count = folded(part.text).count(folded(letter))
    return counted(Reason("checks.occurrences", n=count), let_relation, let_frequency)
