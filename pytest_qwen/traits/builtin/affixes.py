"""How a text begins and ends."""

from __future__ import annotations

from pytest_qwen.messages.names import shorten
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait
def starts_with(part: Part, prefix: str) -> Verdict:
    """The text begins with `prefix`, whitespace before it aside.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> starts_with(Part("结论：水稻是粮食。", Reply(text="")), "结论：").passed
    True
    """
    start = len(part.text) - len(part.text.lstrip())
    passed = part.text.startswith(prefix, start)
    end = start + len(prefix) if passed else min(start + len(prefix), len(part.text))
    return Verdict(passed, f"{shorten(part.text[start:end])} at the start", ((start, end),))


@trait
def ends_with(part: Part, suffix: str) -> Verdict:
    """The text ends with `suffix`, whitespace after it aside."""
    end = len(part.text.rstrip())
    start = max(0, end - len(suffix))
    passed = part.text[:end].endswith(suffix)
    return Verdict(passed, f"{shorten(part.text[start:end])} at the end", ((start, end),))
