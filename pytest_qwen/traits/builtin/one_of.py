"""Answers that must be one of a few."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait
def one_of(part: Part, choices: list[str], ignore_case: bool = False) -> Verdict:
    """The stripped text is one of the choices; a full stop or `!` after it is ignored.

    Models end even a one-word answer with a full stop; other punctuation, quotes and markup are
    part of the answer and count.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> one_of(Part("正面。", Reply(text="")), ["正面", "负面"]).passed
    True
    """
    answer = part.text.strip()
    forms = {answer, answer.rstrip(".。!！").rstrip()}
    if ignore_case:
        forms, choices = {f.casefold() for f in forms}, [c.casefold() for c in choices]
    start = len(part.text) - len(part.text.lstrip())
    span = (start, start + len(answer))
    return Verdict(not forms.isdisjoint(choices), Reason("traits.answer", text=answer), (span,))
