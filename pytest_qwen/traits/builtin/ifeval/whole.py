"""Rules for a reply as a whole: two answers, the prompt first, how it begins and ends."""

from __future__ import annotations

import re

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin.ifeval.catalogue import folded, instruction
from pytest_qwen.traits.verdict import Part, Verdict

_DIVIDER = re.compile(r"\*{6,}")
# What may stand after the last phrase without being part of it.
_CLOSING = " \t\r\n\"'”’」』*_`"
_QUOTES = {'"': '"', "＂": "＂", "“": "”", "「": "」", "『": "』"}


@instruction("combination:two_responses")
def two_responses(part: Part) -> Verdict:
    """Two different answers with `******`, or more asterisks, between them."""
    parts = [p.strip() for p in _DIVIDER.split(part.text)]
    full = [p for p in parts if p]
    passed = len(full) == 2 and full[0] != full[1]
    return Verdict(passed, Reason("checks.responses", n=len(full)))


@instruction("combination:repeat_prompt")
def repeat_prompt(part: Part, prompt_to_repeat: str) -> Verdict:
    """The reply begins with the prompt word for word, and goes on after it."""
    text = " ".join(folded(part.text).split())
    prompt = " ".join(folded(prompt_to_repeat).split())
    if not text.startswith(prompt):
        start = shorten(part.text.strip()[: len(prompt)])
        return Verdict(False, Reason("checks.text_first", text=start))
    if len(text) > len(prompt):
        return Verdict(True, Reason("checks.prompt_and_more"))
    return Verdict(False, Reason("checks.prompt_alone"))


@instruction("startend:end_checker")
def end_checker(part: Part, end_phrase: str) -> Verdict:
    """The reply ends with the phrase, whatever the case; quotes and emphasis around it aside."""
    text, phrase = folded(part.text).rstrip(), folded(end_phrase).strip()
    end = len(text) if text.endswith(phrase) else len(text.rstrip(_CLOSING))
    start = max(0, end - len(phrase))
    got = Reason("checks.text_last", text=shorten(part.text[start:end]))
    return Verdict(text[start:end] == phrase, got, ((start, end),))


@instruction("startend:quotation")
def quotation(part: Part) -> Verdict:
    """The reply is wrapped in one pair of double quotation marks: `"…"`, `“…”`, `「…」`."""
    text = part.text.strip()
    wrapped = len(text) > 2 and _QUOTES.get(text[0]) == text[-1]
    got = Reason("checks.around", opening=text[:1], closing=text[-1:])
    return Verdict(wrapped and _is_one(text), got)


def _is_one(text: str) -> bool:
    """Say whether the quotation mark that opens a text is closed at its end, not before."""
    opening, closing, depth = text[0], text[-1], 0
    for char in text[:-1] if opening != closing else "":
        depth += (char == opening) - (char == closing)
        if depth == 0:
            return False
    return True
