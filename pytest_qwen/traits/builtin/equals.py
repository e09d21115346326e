"""How near a text is to a reference."""

from __future__ import annotations

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait
def equals(part: Part, value: str, ignore_case: bool = False) -> Verdict:
    """The text is this one, whitespace around both aside.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> equals(Part("正面\\n", Reply(text="")), "正面").passed
    True
    """
    text, wanted = part.text.strip(), value.strip()
    same = text.casefold() == wanted.casefold() if ignore_case else text == wanted
    return Verdict(same, Reason("checks.text", text=shorten(text)))
