"""What a row's text may end it for: a stop string, or verdicts that more text cannot change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pytest_qwen.model_io.reply import Finish, Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.spec.early import is_settled
from pytest_qwen.traits.verdict import Part

Watch = Callable[[Sequence[int]], Finish | None]
"""Given a row's new tokens after each of them, says why it ends."""

_LOOKS = frozenset(int(32 * 1.25**i) for i in range(64))
"""After how many tokens traits are asked: the longer a text, the rarer, since all of it is read."""


def watch(
    request: Request,
    decode: Callable[[Sequence[int]], str],
    reply: Callable[[Sequence[int]], Reply],
) -> Watch | None:
    """Return what watches a request's text; None where only tokens end it.

    Args:
        request: it says the stop strings, and what is to be settled.
        decode: gives the text of tokens.
        reply: gives the reply of which some tokens are all.
    """
    strings = request.sampling.stop_strings or ()
    if not strings and not request.until:
        return None
    reach = max((len(string.encode()) for string in strings), default=0)  # a byte a token at least

    def look(new: Sequence[int]) -> Finish | None:
        if strings:
            end = decode(new[-reach:])
            if any(string in end for string in strings):
                return Finish.STOP
        if request.until and len(new) in _LOOKS:
            said = reply(new)
            part = Part.of_reply(said, prompt=request.asked)
            if not said.text.endswith("\ufffd") and is_settled(request.until, part):
                return Finish.VERDICT
        return None

    return look
