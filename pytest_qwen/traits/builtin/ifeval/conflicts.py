"""Instructions that cannot stand together in one request, as IFEval sees it.

`pytest-qwen validate` warns of behaviors that ask for both of a pair. The pairs are those of
`INSTRUCTION_CONFLICTS` in the official registry (google-research/google-research,
instruction_following_eval/instructions_registry.py), given here by their reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

# A reply that is one given sentence, one JSON value, two answers, or an echo before the answer has
# a form of its own: beside it stands only what speaks of its words.
_FORMS: dict[str, set[str]] = {
    "detectable_format:constrained_response": set(),
    "detectable_format:json_format": {"keywords:existence", "keywords:forbidden_words"},
    "combination:two_responses": {
        "keywords:existence",
        "keywords:forbidden_words",
        "language:response_language",
        "detectable_format:title",
        "punctuation:no_comma",
    },
    "combination:repeat_prompt": {
        "keywords:existence",
        "detectable_format:title",
        "punctuation:no_comma",
    },
}
_CLASHES: dict[str, set[str]] = {
    # Phrases and letters that are given in English do not go into another language.
    "language:response_language": {
        "keywords:existence",
        "keywords:frequency",
        "keywords:forbidden_words",
        "detectable_format:multiple_sections",
        "startend:end_checker",
        "change_case:english_capital",
        "change_case:english_lowercase",
    },
    # Two ways to cut the same text up.
    "length_constraints:number_paragraphs": {
        "length_constraints:nth_paragraph_first_word",
        "length_constraints:number_sentences",
    },
    "detectable_format:multiple_sections": {"detectable_format:number_highlighted_sections"},
    # All letters in one case leave nothing to count, and there are two cases.
    "change_case:english_capital": {"change_case:capital_word_frequency"},
    "change_case:english_lowercase": {
        "change_case:capital_word_frequency",
        "change_case:english_capital",
    },
    # Whatever comes first, it is not both a quotation mark and a title.
    "startend:quotation": {"detectable_format:title"},
}


def conflicts(ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs among instruction ids that conflict; an id given twice is such a pair.

    >>> conflicts(["startend:quotation", "punctuation:no_comma", "detectable_format:title"])
    [('startend:quotation', 'detectable_format:title')]
    """
    return [(a, b) for a, b in combinations(ids, 2) if a == b or _against(a, b) or _against(b, a)]


def _against(asked: str, other: str) -> bool:
    return other not in _FORMS.get(asked, {other}) or other in _CLASHES.get(asked, ())
