"""Rules for a reply as a whole: two answers, the prompt first, how it begins and ends."""

from __future__ import annotations

import re

from pytest_qwen.messages.names import shorten
from pytest_qwen.traits.builtin._bounds import plural
from pytest_qwen.traits.builtin.ifeval.catalogue import folded, instruction
from pytest_qwen.traits.verdict import Part, Verdict

_DIVIDER = re.compile(r"\*{6,}")
# What may stand behind the last phrase without being said.
_CLOSING = " \t\r\n\"'”’」』*_`"
_QUOTES = {'"': '"', "＂": "＂", "“": "”", "「": "」", "『": "』"}


@instruction("combination:two_responses")
def two_responses(part: Part) -> Verdict:
    """Two different answers with `******`, or more asterisks, between them."""
    parts = [p.strip() for p in _DIVIDER.split(part.text)]
    full = [p for p in parts if p]
    passed = len(full) == 2 and full[0] != full[1]
    return Verdict(passed, plural(len(full), "response"))


@instruction("combination:repeat_prompt")
def repeat_prompt(part: Part, prompt_to_repeat: str) -> Verdict:
    """The reply begins with the prompt word for word, and goes on behind it."""
    said = " ".join(folded(part.text).split())
    asked = " ".join(folded(prompt_to_repeat).split())
    if not said.startswith(asked):
        return Verdict(False, f"{shorten(part.text.strip()[: len(asked)])} first")
    return Verdict(len(said) > len(asked), "the prompt" + " and more" * (len(said) > len(asked)))


@instruction("startend:end_checker")
def end_checker(part: Part, end_phrase: str) -> Verdict:
    """The reply ends with the phrase, whatever the case; quotes and emphasis around it aside."""
    said, phrase = folded(part.text).rstrip(), folded(end_phrase).strip()
    end = len(said) if said.endswith(phrase) else len(said.rstrip(_CLOSING))
    start = max(0, end - len(phrase))
    got = f"{shorten(part.text[start:end])} at the end"
    return Verdict(said[start:end] == phrase, got, ((start, end),))


@instruction("startend:quotation")
def quotation(part: Part) -> Verdict:
    """The reply is wrapped in one pair of double quotation marks: `"…"`, `“…”`, `「…」`."""
    said = part.text.strip()
    wrapped = len(said) > 2 and _QUOTES.get(said[0]) == said[-1]
    return Verdict(wrapped and _is_one(said), f"{said[:1]} and {said[-1:]} around it")


def _is_one(said: str) -> bool:
    """Say whether the quotation mark that opens a text is closed at its end, not before."""
    opening, closing, depth = said[0], said[-1], 0
    for char in said[:-1] if opening != closing else "":
        depth += (char == opening) - (char == closing)
        if depth == 0:
            return False
    return True
