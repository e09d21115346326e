"""What stands somewhere in a text."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import folded_words, grams, words
from pytest_qwen.traits.verdict import Part, Verdict

_RUN = 4  # words in a row that hardly come by chance


@trait
def repeats_prompt(part: Part, share: float = 0.5) -> Verdict:
    """At least this share of the prompt's words stands in the text, in runs of four or more.

    Runs keep single words that any answer shares with its question from counting; a prompt of
    less than four words must be repeated whole. A Han character counts as a word.
    """
    asked = folded_words(part.prompt)
    size = min(_RUN, len(asked))
    if not asked:
        return Verdict(False, Reason("traits.empty_prompt"))
    places = {gram: i for i, gram in enumerate(grams(folded_words(part.text), size))}
    covered: set[int] = set()
    repeated: set[int] = set()
    for i, gram in enumerate(grams(asked, size)):
        if gram in places:
            covered.update(range(i, i + size))
            repeated.update(range(places[gram], places[gram] + size))
    at = words(part.text)
    spans = ((at[min(repeated)][0], at[max(repeated)][1]),) if repeated else ()
    reached = len(covered) / len(asked)
    got = Reason("traits.repeated", share=reached)
    return Verdict(reached >= share, got, spans, {"share": reached})
