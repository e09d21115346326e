"""Rules for a reply's characters: its language, the case of its letters, its commas."""

from __future__ import annotations

import re

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin.ifeval.catalogue import Relation, counted, instruction
from pytest_qwen.traits.builtin.language import Language
from pytest_qwen.traits.builtin.language import language as written_in
from pytest_qwen.traits.text import words
from pytest_qwen.traits.verdict import Part, Verdict

# ASCII, full-width, Arabic. 、 separates items and is a mark of its own in Chinese (GB/T 15834).
_COMMA = re.compile(r"[,，﹐､،]")


@instruction("language:response_language")
def response_language(part: Part, language: Language) -> Verdict:
    """The reply is written in the language, by the trait `language`; without words it is not."""
    return written_in(part, language)


@instruction("change_case:capital_word_frequency")
def capital_word_frequency(
    part: Part, capital_frequency: int, capital_relation: Relation
) -> Verdict:
    """So many words are in capital letters; `I` is one, and `IT'S` is one."""
    spans = tuple(span for span in words(part.text) if part.text[slice(*span)].isupper())
    return counted(Reason("checks.words", n=len(spans)), capital_relation, capital_frequency, spans)


@instruction("change_case:english_capital")
def english_capital(part: Part) -> Verdict:
    """No small letter, and English by the trait `language`."""
    others = [i for i, c in enumerate(part.text) if c.islower()]
    return _in_case(part, others, Reason("checks.small_letters", n=len(others)))


@instruction("change_case:english_lowercase")
def english_lowercase(part: Part) -> Verdict:
    """No capital letter, and English by the trait `language`."""
    others = [i for i, c in enumerate(part.text) if c.isupper()]
    return _in_case(part, others, Reason("checks.capital_letters", n=len(others)))


def _in_case(part: Part, others: list[int], got: Reason) -> Verdict:
    if not others:
        return written_in(part, "en")
    first = (others[0], others[0] + 1)
    return Verdict(False, got, (first,), {"count": len(others)})


@instruction("punctuation:no_comma")
def no_comma(part: Part) -> Verdict:
    """No comma: `,`, `，` or that of another script; `、` is none in Chinese."""
    spans = tuple(match.span() for match in _COMMA.finditer(part.text))
    return counted(Reason("checks.commas", n=len(spans)), None, 0, spans)
