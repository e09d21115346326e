"""What stands somewhere in a text."""

from __future__ import annotations

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._substrings import check_substrings, find_each
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait(check=check_substrings)
def contains(part: Part, substrings: str | list[str], ignore_case: bool = False) -> Verdict:
    """The text contains the substring, or all of a list of them.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> contains(Part("水稻和小麦", Reply(text="")), ["水稻", "玉米"]).got
    "text without '玉米'"
    """
    expected = [substrings] if isinstance(substrings, str) else substrings
    matches = find_each(expected, part.text, ignore_case)
    missing = [shorten(s) for s, match in matches.items() if match is None]
    spans = tuple(match.span() for match in matches.values() if match)
    if missing:
        return Verdict(False, Reason("traits.without_all", texts=missing), spans)
    return Verdict(True, Reason("traits.contained", texts=list(map(shorten, matches))), spans)
