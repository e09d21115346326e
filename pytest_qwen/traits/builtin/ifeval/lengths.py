"""How much a reply says: sentences, words, paragraphs."""

from __future__ import annotations

import re

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin.ifeval.catalogue import (
    Relation,
    counted,
    folded,
    goes_on,
    instruction,
)
from pytest_qwen.traits.text import sentences, words
from pytest_qwen.traits.verdict import Part, Span, Verdict

_BOLD = re.compile(r"(?<!\*)\*{3}(?![\s*])[^*\n]*[^\s*]\*{3}(?!\*)")
_DIVIDER = re.compile(r"(?<!\*)\*{3}(?!\*)")
_BLANK = re.compile(r"\n[^\S\n]*\n")
# What may open a paragraph before its first word: quotes, brackets, emphasis.
_OPENING = " \t\r\n\"'“‘「『《（([*_#>"


def _between(text: str, divider: re.Pattern[str]) -> list[Span]:
    """Return the parts between the dividers that say something."""
    edges = [0, *(edge for match in divider.finditer(text) for edge in match.span()), len(text)]
    parts = zip(edges[::2], edges[1::2], strict=True)
    return [(a, b) for a, b in parts if re.search(r"\w", text[a:b])]


@instruction("length_constraints:number_sentences")
def number_sentences(part: Part, relation: Relation, num_sentences: int) -> Verdict:
    """So many sentences, as `pytest_qwen.traits.text.sentences` finds them."""
    spans = tuple(sentences(part.text))
    return counted(Reason("checks.sentences", n=len(spans)), relation, num_sentences, spans)


@instruction("length_constraints:number_words")
def number_words(part: Part, relation: Relation, num_words: int) -> Verdict:
    """So many words; a Han character is one, and so are `don't`, `co-op` and `3.14`."""
    return counted(Reason("checks.words", n=len(words(part.text))), relation, num_words)


@instruction("length_constraints:number_paragraphs")
def number_paragraphs(part: Part, num_paragraphs: int) -> Verdict:
    """Exactly so many paragraphs with `***` between them; `***bold***` divides nothing."""
    spans = _between(_BOLD.sub(lambda bold: "x" * len(bold[0]), part.text), _DIVIDER)
    got = Reason("checks.paragraphs", n=len(spans))
    return counted(got, None, num_paragraphs, tuple(spans))


@instruction("length_constraints:nth_paragraph_first_word")
def nth_paragraph_first_word(
    part: Part, num_paragraphs: int, nth_paragraph: int, first_word: str
) -> Verdict:
    """Exactly so many paragraphs with blank lines between them; the word opens the nth."""
    spans = _between(part.text, _BLANK)
    count = len(spans)
    if nth_paragraph > count:
        got = Reason("checks.paragraphs", n=count)
        return Verdict(False, got, tuple(spans), {"count": count})
    start, end = spans[nth_paragraph - 1]
    start += len(part.text[start:end]) - len(part.text[start:end].lstrip(_OPENING))
    stop = min(end, start + len(first_word))
    opened = part.text[start:stop]
    opens = folded(opened) == folded(first_word) and not goes_on(part.text, stop)
    got = Reason("checks.paragraph_opens", n=count, word=opened)
    return Verdict(opens and count == num_paragraphs, got, (spans[nth_paragraph - 1],))
