"""The 25 instructions as the official checker judges them, faults included.

The reference is `instruction_following_eval` in google-research/google-research (Zhou et al.,
2023, arXiv:2311.07911). What it does in quadratic time is done in linear time here, with the same
answer. What it leaves to chance has the seed 0 here: languages, and the letter that it draws in
place of one that is none of a–z. Keywords, splitters and markers are regular expressions to it;
here they are RE2's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin.ifeval import libraries
from pytest_qwen.traits.builtin.ifeval.catalogue import OPTIONS, Relation, keeps
from pytest_qwen.traits.builtin.regex import compile_pattern
from pytest_qwen.traits.verdict import Verdict

_STAR = re.compile(r"^[^\S\n]*\*[^*].*$", re.MULTILINE)
_DASH = re.compile(r"^[^\S\n]*-", re.MULTILINE)
_EMPHASIS = (re.compile(r"\*([^\n*]*)\*"), re.compile(r"\*\*([^\n*]*)\*\*"))
# For a letter that is none of a–z the checker draws one: this is the draw with the seed 0.
_DRAWN = "y"
# Nothing in it makes Python's `re` go back and forth, and RE2 knows no white space beyond ASCII.
_PLAIN = re.compile(r"(?:[\w\s,:;!'\"-]|\\b|\\s\?|\\\.)*(?:\\d\+)?")
_POSTSCRIPTS = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}
NEEDS = {
    "length_constraints:number_sentences": "punkt",
    "change_case:capital_word_frequency": "punkt",
    "change_case:english_capital": "langdetect",
    "change_case:english_lowercase": "langdetect",
    "language:response_language": "langdetect",
}
"""The library that an instruction needs, of the extra `ifeval`."""


def loosened(text: str) -> Iterator[str]:
    """Yield the eight texts of which one must follow an instruction in the loose evaluation.

    Without the first line, the last, or both, each with and without its asterisks.
    """
    rows = text.split("\n")
    texts = [text, *("\n".join(r).strip() for r in (rows[1:], rows[:-1], rows[1:-1]))]
    yield from texts
    yield from (t.replace("*", "") for t in texts)


def check(instruction_id: str, **arguments: Any) -> None:
    """Refuse what this mode cannot judge.

    Raises:
        ValueError: a library is missing, or an argument is no regular expression.
    """
    library = NEEDS.get(instruction_id)
    if library and find_spec(library) is None:
        raise ValueError(f"{library} for mode: upstream (pip install 'pytest-qwen[ifeval]')")
    for name in ("keywords", "forbidden_words", "keyword", "section_spliter", "postscript_marker"):
        value = arguments.get(name, [])
        for pattern in [value] if isinstance(value, str) else value:
            compile_pattern(pattern)


def judge(instruction_id: str, text: str, **arguments: Any) -> Verdict:
    """Judge a text that is not blank by an instruction."""
    answer = RULES[instruction_id](text, **arguments)
    if isinstance(answer, bool):
        got = Reason("checks.upstream_follows") if answer else Reason("checks.upstream_breaks")
        return Verdict(answer, got)
    number = next((value for value in arguments.values() if isinstance(value, int)), 0)
    relations = [value for name, value in arguments.items() if name.endswith("relation")]
    relation = relations[0] if relations else _RELATIONS.get(instruction_id)
    passed = keeps(answer, relation, number)
    return Verdict(passed, Reason("checks.upstream_counts", n=answer), (), {"count": answer})


def _hits(pattern: str, text: str, flags: str = "(?i)") -> int:
    """Count the matches: by Python where the pattern is plain text or almost, else by RE2."""
    if _PLAIN.fullmatch(pattern):
        return sum(1 for _ in re.finditer(flags + pattern, text))
    text = text.encode(errors="replace").decode()
    return sum(1 for _ in compile_pattern(flags + pattern).finditer(text))


def _between(text: str, divider: str) -> list[str]:
    """Return the parts between dividers, none where one in the middle is empty."""
    parts = [part.strip() for part in text.split(divider)]
    return [part for part in parts if part] if all(parts[1:-1]) else []


def _opens_paragraph(text: str, num_paragraphs: int, nth_paragraph: int, first_word: str) -> bool:
    """Compare with the nth of all parts, though only the full ones are counted."""
    parts = [part.strip() for part in text.split("\n\n")]
    count = len([part for part in parts if part])
    if nth_paragraph > count or not parts[nth_paragraph - 1]:
        return False
    word = parts[nth_paragraph - 1].split()[0].lstrip("'").lstrip('"')
    word = re.split(r"[.,?!'\"]", word)[0].lower()
    return count == num_paragraphs and word == first_word.lower()


def _brackets(line: str) -> int:
    """Count `[` with the next `]` after it."""
    count, at = 0, 0
    while (start := line.find("[", at)) != -1 and (end := line.find("]", start)) != -1:
        count, at = count + 1, end + 1
    return count


def _is_json(text: str) -> bool:
    text = text.strip()
    for fence in ("```json", "```Json", "```JSON", "```"):
        text = text.removeprefix(fence)
    try:
        json.loads(text.removesuffix("```").strip())
    except (ValueError, RecursionError):
        return False
    return True


def _has_title(text: str) -> bool:
    insides = (line.partition("<<")[2].rpartition(">>")[0] for line in text.split("\n"))
    return any(inside.lstrip("<").rstrip(">").strip() for inside in insides)


def _has_postscript(text: str, postscript_marker: str) -> bool:
    marker = postscript_marker.strip()
    return _hits(_POSTSCRIPTS.get(marker, marker), text) > 0


def _ends(text: str, end_phrase: str) -> bool:
    return text.strip().strip('"').lower().endswith(end_phrase.strip().lower())


_RELATIONS: dict[str, Relation] = {
    "detectable_content:number_placeholders": "at least",
    "detectable_format:number_highlighted_sections": "at least",
    "detectable_format:multiple_sections": "at least",
}
"""How counts are compared where no argument says it; the others must be equal."""

RULES: dict[str, Callable[..., int]] = {
    "keywords:existence": lambda text, keywords: all(_hits(k, text) for k in keywords),
    "keywords:frequency": lambda text, keyword, **_: _hits(keyword.strip(), text),
    "keywords:forbidden_words": lambda text, forbidden_words: (
        not any(_hits(rf"\b{word}\b", text) for word in forbidden_words)
    ),
    "keywords:letter_frequency": lambda text, letter, **_: text.lower().count(
        letter.lower() if letter.isascii() and letter.isalpha() else _DRAWN
    ),
    "language:response_language": lambda text, language: libraries.detect(text) in (language, None),
    "length_constraints:number_sentences": lambda text, **_: len(libraries.sentences(text)),
    "length_constraints:number_paragraphs": lambda text, **_: len(_between(text, "***")),
    "length_constraints:number_words": lambda text, **_: len(re.findall(r"\w+", text)),
    "length_constraints:nth_paragraph_first_word": _opens_paragraph,
    "detectable_content:number_placeholders": lambda text, **_: sum(
        map(_brackets, text.split("\n"))
    ),
    "detectable_content:postscript": _has_postscript,
    "detectable_format:number_bullet_lists": lambda text, **_: (
        len(_STAR.findall(text)) + len(_DASH.findall(text))
    ),
    "detectable_format:constrained_response": lambda text, options=OPTIONS: any(
        option in text for option in options
    ),
    "detectable_format:number_highlighted_sections": lambda text, **_: sum(
        bool(inside.strip()) for emphasis in _EMPHASIS for inside in emphasis.findall(text)
    ),
    "detectable_format:multiple_sections": lambda text, section_spliter, **_: _hits(
        rf"{section_spliter.strip()}\s?\d+", text, ""
    ),
    "detectable_format:json_format": _is_json,
    "detectable_format:title": _has_title,
    "combination:two_responses": lambda text: (
        len(parts := _between(text, "******")) == 2 and parts[0] != parts[1]
    ),
    "combination:repeat_prompt": lambda text, prompt_to_repeat: (
        text.strip().lower().startswith(prompt_to_repeat.strip().lower())
    ),
    "startend:end_checker": _ends,
    "startend:quotation": lambda text: len(text := text.strip()) > 1 and text[0] == text[-1] == '"',
    "change_case:capital_word_frequency": lambda text, **_: libraries.capital_tokens(text),
    "change_case:english_capital": lambda text: (
        text.isupper() and libraries.detect(text) in ("en", None)
    ),
    "change_case:english_lowercase": lambda text: (
        text.islower() and libraries.detect(text) in ("en", None)
    ),
    "punctuation:no_comma": lambda text: text.count(","),
}
"""For each instruction whether a text follows it, or the count that an argument demands."""
