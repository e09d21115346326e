"""What stands somewhere in a text."""

from __future__ import annotations

import re

from pytest_qwen.messages.names import shorten
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import grams, words
from pytest_qwen.traits.verdict import Part, Span, Verdict

_RUN = 4  # words in a row that hardly come by chance


def _needs_something(substrings: str | list[str], **_: object) -> None:
    wanted = [substrings] if isinstance(substrings, str) else substrings
    if not wanted or "" in wanted:
        raise ValueError("some text to look for")


@trait(check=_needs_something)
def contains(part: Part, substrings: str | list[str], ignore_case: bool = False) -> Verdict:
    """The text contains the substring, or all of a list of them.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> contains(Part("水稻和小麦", Reply(text="")), ["水稻", "玉米"]).got
    "text without '玉米'"
    """
    wanted = [substrings] if isinstance(substrings, str) else substrings
    found = _found(wanted, part.text, ignore_case)
    missing = [shorten(s) for s, match in found.items() if match is None]
    spans = tuple(match.span() for match in found.values() if match)
    if missing:
        return Verdict(False, f"text without {' and '.join(missing)}", spans)
    return Verdict(True, f"{' and '.join(map(shorten, found))} in it", spans)


@trait(check=_needs_something)
def contains_any(part: Part, substrings: list[str], ignore_case: bool = False) -> Verdict:
    """The text contains at least one of the substrings.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> contains_any(Part("种水稻。", Reply(text="")), ["玉米", "水稻"]).got
    "'水稻' in it"
    """
    found = [match for match in _found(substrings, part.text, ignore_case).values() if match]
    if not found:
        return Verdict(False, f"text without {' or '.join(map(shorten, substrings))}")
    said = " and ".join(shorten(match[0]) for match in found)
    return Verdict(True, f"{said} in it", tuple(match.span() for match in found))


def _found(substrings: list[str], text: str, ignore_case: bool) -> dict[str, re.Match[str] | None]:
    case = re.IGNORECASE if ignore_case else re.NOFLAG
    return {s: re.search(re.escape(s), text, case) for s in substrings}


@trait
def repeats_prompt(part: Part, share: float = 0.5) -> Verdict:
    """At least this share of the prompt's words stands in the text, in runs of four or more.

    Runs keep single words that any answer shares with its question from counting; a prompt of
    less than four words must be repeated whole. A Han character counts as a word.
    """
    asked, said = words(part.prompt), words(part.text)
    size = min(_RUN, len(asked))
    if not asked:
        return Verdict(False, "no words in the prompt to repeat")
    places = {gram: i for i, gram in enumerate(grams(_folded(part.text, said), size))}
    covered: set[int] = set()
    repeated: set[int] = set()
    for i, gram in enumerate(grams(_folded(part.prompt, asked), size)):
        if gram in places:
            covered.update(range(i, i + size))
            repeated.update(range(places[gram], places[gram] + size))
    spans = ((said[min(repeated)][0], said[max(repeated)][1]),) if repeated else ()
    got = len(covered) / len(asked)
    return Verdict(got >= share, f"{got:.0%} of the prompt repeated", spans, {"share": got})


def _folded(text: str, spans: list[Span]) -> list[str]:
    return [text[slice(*span)].casefold() for span in spans]
