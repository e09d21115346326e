"""Answers that must be one of a few."""

from __future__ import annotations

from pytest_qwen.messages.names import shorten
from pytest_qwen.model_io.reply import Finish, ThinkingState
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait
def one_of(part: Part, choices: list[str], ignore_case: bool = False) -> Verdict:
    """The stripped text is one of the choices; a full stop or `!` behind it is forgiven.

    Models end even a one-word answer with a full stop; other punctuation, quotes and markup are
    part of what was said and count.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> one_of(Part("正面。", Reply(text="")), ["正面", "负面"]).passed
    True
    """
    said = part.text.strip()
    forms = {said, said.rstrip(".。!！").rstrip()}
    if ignore_case:
        forms, choices = {f.casefold() for f in forms}, [c.casefold() for c in choices]
    start = len(part.text) - len(part.text.lstrip())
    span = (start, start + len(said))
    return Verdict(not forms.isdisjoint(choices), shorten(said), (span,))


@trait(of="text")
def finish(part: Part, reasons: Finish | list[Finish]) -> Verdict:
    """The reply ended for this reason, or for one of these.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> finish(Part("", Reply(text="", finish=Finish.LENGTH)), Finish.STOP).got
    "'length'"
    """
    wanted = reasons if isinstance(reasons, list) else [reasons]
    return Verdict(part.reply.finish in wanted, f"'{part.reply.finish}'")


@trait(of="text")
def thinking(part: Part, states: ThinkingState | list[ThinkingState]) -> Verdict:
    """The reply's think block is in this state, or in one of these; see `ThinkingState`."""
    wanted = states if isinstance(states, list) else [states]
    n = part.reply.n_thinking_tokens
    got = f"'{part.reply.thinking_state}' with {n} tokens of thinking"
    return Verdict(part.reply.thinking_state in wanted, got, (), {"n_thinking_tokens": n})
