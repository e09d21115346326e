"""Replies that go on with a list or never end, as a Base model's do."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.reply import Finish
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import CLOSERS, is_ended
from pytest_qwen.traits.verdict import Part, Verdict

_TAIL = 20  # characters


@trait(of="text")
def never_ends(part: Part) -> Verdict:
    """The reply was cut off by its length in the middle of a sentence: it has no end.

    A reply that was cut off after a full stop may have been about to end; `finish: length` holds
    for both.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> never_ends(Part("水稻是一种", Reply(text="", finish=Finish.LENGTH))).got
    "cut off after '水稻是一种'"
    """
    if part.reply.finish != Finish.LENGTH:
        return Verdict(False, Reason("traits.ended", finish=str(part.reply.finish)))
    end = len(part.text.rstrip(CLOSERS))
    got = Reason("traits.cut_off", text=part.text[-_TAIL:])
    return Verdict(not is_ended(part.text), got, ((max(0, end - 1), end),))
