"""What a reply must say, or must not."""

from __future__ import annotations

import re

from pytest_qwen.core.names import shorten
from pytest_qwen.core.traits.ifeval.catalogue import Relation, folded, instruction, related
from pytest_qwen.core.verdict import Part, Span, Verdict

# A letter or digit of a script with spaces between words: between two of them a word goes on.
_INNER = re.compile(r"[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2}")


def _found(word: str, text: str, *, inflected: bool) -> list[Span]:
    """Find a word, whatever its case and width; in Chinese also where no space sets it apart.

    It must not begin inside another word; nor end there, unless it may be inflected.
    """
    text = folded(text)
    spans = [match.span() for match in re.finditer(re.escape(folded(word).strip()), text)]
    whole = [span for span in spans if not _INNER.match(text, span[0] - 1, span[0] + 1)]
    return [span for span in whole if inflected or not _INNER.match(text, span[1] - 1)]


@instruction("keywords:existence")
def existence(part: Part, keywords: list[str]) -> Verdict:
    """Every keyword stands in the reply."""
    found = {k: _found(k, part.text, inflected=True) for k in keywords}
    missing = [shorten(k) for k, spans in found.items() if not spans]
    spans = tuple(span for first in found.values() for span in first[:1])
    got = f"text without {' and '.join(missing)}" if missing else "all of them"
    return Verdict(not missing, got, spans)


@instruction("keywords:frequency")
def frequency(part: Part, keyword: str, frequency: int, relation: Relation) -> Verdict:
    """The keyword stands so often in the reply."""
    spans = _found(keyword, part.text, inflected=True)
    return related(len(spans), relation, frequency, shorten(keyword), tuple(spans))


@instruction("keywords:forbidden_words")
def forbidden_words(part: Part, forbidden_words: list[str]) -> Verdict:
    """No forbidden word stands in the reply."""
    found = {w: _found(w, part.text, inflected=False) for w in forbidden_words}
    said = [shorten(w) for w, spans in found.items() if spans]
    spans = tuple(span for all_ in found.values() for span in all_)
    return Verdict(not said, f"{' and '.join(said)} in it" if said else "none of them", spans)


@instruction("keywords:letter_frequency")
def letter_frequency(
    part: Part, letter: str, let_frequency: int, let_relation: Relation
) -> Verdict:
    """The letter, or any other character, occurs so often, whatever its case and width."""
    count = folded(part.text).count(folded(letter))
    return related(count, let_relation, let_frequency, shorten(letter))
