"""How a text begins and ends."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait
def ends_with(part: Part, suffix: str) -> Verdict:
    """The text ends with `suffix`, ignoring whitespace after it."""
    end = len(part.text.rstrip())
    start = max(0, end - len(suffix))
    passed = part.text[:end].endswith(suffix)
    return Verdict(passed, Reason("traits.ends", text=part.text[start:end]), ((start, end),))
