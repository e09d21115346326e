"""How a text begins and ends."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait
def starts_with(part: Part, prefix: str) -> Verdict:
    """The text begins with `prefix`, ignoring whitespace before it.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> starts_with(Part("结论：水稻是粮食。", Reply(text="")), "结论：").passed
    True
    """
    start = len(part.text) - len(part.text.lstrip())
    passed = part.text.startswith(prefix, start)
    end = start + len(prefix) if passed else min(start + len(prefix), len(part.text))
    return Verdict(passed, Reason("traits.starts", text=part.text[start:end]), ((start, end),))
