"""How much a reply thinks: its tokens, and how often it goes over the same again."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.traits.builtin._bounds import check_bounds, within
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import words
from pytest_qwen.traits.verdict import Part, Verdict


def thinking_size(reply: Reply) -> tuple[int, str]:
    """Return how many tokens a reply thinks; or words, where its tokens were not counted.

    >>> thinking_size(Reply(text="", thinking="水稻"))
    (2, 'word')
    """
    if reply.n_thinking_tokens or not reply.thinking:
        return reply.n_thinking_tokens, "token"
    return len(words(reply.thinking)), "word"


@trait(of="text", check=check_bounds, needs=["thinking"])
def thinking_tokens(
    part: Part,
    exactly: int | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
) -> Verdict:
    """The reply thinks for so many tokens: that it thinks at all, and keeps its budget.

    Where tokens were not counted, as in replies recorded elsewhere, words are.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> thinking_tokens(Part("", Reply(text="", n_thinking_tokens=80)), at_most=64).got
    '80 tokens of thinking'
    """
    n, unit = thinking_size(part.reply)
    by_words = unit == "word"
    got = (
        Reason("checks.thinking_words", n=n) if by_words else Reason("checks.thinking_tokens", n=n)
    )
    passed = within(n, exactly, at_least, at_most)
    return Verdict(passed, got, (), {"n_thinking": n, "unit": unit})
