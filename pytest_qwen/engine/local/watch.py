"""Stop strings: the text of a row ends with the token in which one of them is complete."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pytest_qwen.model_io.reply import Finish

Watch = Callable[[Sequence[int]], Finish | None]
"""Given a row's new tokens after each of them, says why it ends."""


def watch(strings: Sequence[str], decode: Callable[[Sequence[int]], str]) -> Watch | None:
    """Return what ends a row at one of the strings; None where there is none.

    `decode` gives the text of tokens.
    """
    if not strings:
        return None
    reach = max(len(string.encode()) for string in strings)  # a token has a byte at least

    def look(new: Sequence[int]) -> Finish | None:
        end = decode(new[-reach:])
        return Finish.STOP if any(string in end for string in strings) else None

    return look
