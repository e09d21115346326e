"""Answers that must be one of a few."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.reply import Finish
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait(of="text")
def finish(part: Part, reasons: Finish | list[Finish]) -> Verdict:
    """The reply ended for this reason, or for one of these.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> finish(Part("", Reply(text="", finish=Finish.LENGTH)), Finish.STOP).got
    "'length'"
    """
    expected = reasons if isinstance(reasons, list) else [reasons]
    ended = part.reply.finish
    return Verdict(ended in expected, Reason("traits.finish", finish=str(ended)))
