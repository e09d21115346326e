"""What stands somewhere in a text."""

from __future__ import annotations

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._substrings import check_substrings, find_each
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait(check=check_substrings)
def contains_any(part: Part, substrings: list[str], ignore_case: bool = False) -> Verdict:
    """The text contains at least one of the substrings.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> contains_any(Part("种水稻。", Reply(text="")), ["玉米", "水稻"]).got
    "'水稻' in it"
    """
    matches = [m for m in find_each(substrings, part.text, ignore_case).values() if m]
    if not matches:
        return Verdict(False, Reason("traits.without_any", texts=list(map(shorten, substrings))))
    texts = [shorten(match[0]) for match in matches]
    return Verdict(
        True, Reason("traits.contained", texts=texts), tuple(match.span() for match in matches)
    )
