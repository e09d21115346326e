"""Rules for a reply as a whole: two answers, the prompt first, how it begins and ends."""

from __future__ import annotations

import re

from pytest_qwen.core.names import shorten
from pytest_qwen.core.traits._bounds import plural
from pytest_qwen.core.traits.ifeval.catalogue import folded, instruction
from pytest_qwen.core.verdict import Part, Verdict

_DIVIDER = re.compile(r"(?<!\*)\*{6}(?!\*)")
# What may stand behind the last phrase without being said.
_CLOSING = " \t\r\n\"'”’」』*_`"
_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "＂": "＂", "„": "“"}


@instruction("combination:two_responses")
def two_responses(part: Part) -> Verdict:
    """Two different answers with `******` between them."""
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
    said = folded(part.text).rstrip(_CLOSING)
    phrase = folded(end_phrase).strip().rstrip(_CLOSING)
    start = max(0, len(said) - len(phrase))
    got = f"{shorten(part.text[start : len(said)])} at the end"
    return Verdict(said.endswith(phrase), got, ((start, len(said)),))


@instruction("startend:quotation")
def quotation(part: Part) -> Verdict:
    """The reply is wrapped in one pair of double quotation marks: `"…"`, `“…”`, `「…」`."""
    said = part.text.strip()
    passed = len(said) > 1 and _QUOTES.get(said[0]) == said[-1]
    return Verdict(passed, f"{said[:1]} and {said[-1:]} around it")
