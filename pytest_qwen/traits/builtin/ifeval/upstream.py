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
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from pytest_qwen.messages.names import shorten
from pytest_qwen.traits.builtin._bounds import plural
from pytest_qwen.traits.builtin.ifeval import libraries
from pytest_qwen.traits.builtin.ifeval.catalogue import OPTIONS, Relation, related
from pytest_qwen.traits.builtin.regex import compile_pattern
from pytest_qwen.traits.registry import Judge
from pytest_qwen.traits.verdict import Part, Verdict

_STAR = re.compile(r"^[^\S\n]*\*[^*].*$", re.MULTILINE)
_DASH = re.compile(r"^[^\S\n]*-", re.MULTILINE)
_SINGLE, _DOUBLE = re.compile(r"\*([^\n*]*)\*"), re.compile(r"\*\*([^\n*]*)\*\*")
_ENDS_FIRST_WORD = re.compile(r"[.,?!'\"]")
# For a letter that is none of a–z the checker draws one: this is the draw with the seed 0.
_DRAWN = "y"
# Nothing in it makes Python's `re` go back and forth, and RE2 knows no white space beyond ASCII.
_PLAIN = re.compile(r"(?:[\w\s,:;!'\"-]|\\b|\\s\?|\\\.)*(?:\\d\+)?")
_POSTSCRIPTS = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}
_NEEDS = {
    "length_constraints:number_sentences": "punkt",
    "change_case:capital_word_frequency": "punkt",
    "change_case:english_capital": "langdetect",
    "change_case:english_lowercase": "langdetect",
    "language:response_language": "langdetect",
}


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
    library = _NEEDS.get(instruction_id)
    if library and find_spec(library) is None:
        raise ValueError(f"{library} for mode: upstream (pip install 'pytest-qwen[ifeval]')")
    for name in ("keywords", "forbidden_words", "keyword", "section_spliter", "postscript_marker"):
        value = arguments.get(name, [])
        for pattern in [value] if isinstance(value, str) else value:
            compile_pattern(pattern)


def _find(pattern: str, text: str, flags: str = "(?i)") -> Iterator[object]:
    """Yield the matches: by Python where the pattern is plain text or almost, else by RE2."""
    if _PLAIN.fullmatch(pattern):
        return re.finditer(flags + pattern, text)
    matches: Iterator[object] = compile_pattern(flags + pattern).finditer(
        text.encode(errors="replace").decode()
    )
    return matches


def _count(pattern: str, text: str, flags: str = "(?i)") -> int:
    return sum(1 for _ in _find(pattern, text, flags))


def existence(part: Part, keywords: list[str]) -> Verdict:
    """Every keyword is found, inside other words as well."""
    missing = [shorten(k) for k in keywords if not any(_find(k, part.text))]
    got = f"text without {' and '.join(missing)}" if missing else "all of them"
    return Verdict(not missing, got)


def frequency(part: Part, keyword: str, frequency: int, relation: Relation) -> Verdict:
    """The keyword is found so often, inside other words as well."""
    return related(_count(keyword.strip(), part.text), relation, frequency, "occurrence")


def forbidden_words(part: Part, forbidden_words: list[str]) -> Verdict:
    """No forbidden word is found between word boundaries; a Han character is part of a word."""
    found = [shorten(w) for w in forbidden_words if any(_find(rf"\b{w}\b", part.text))]
    return Verdict(not found, f"{' and '.join(found)} in it" if found else "none of them")


def letter_frequency(
    part: Part, letter: str, let_frequency: int, let_relation: Relation
) -> Verdict:
    """The letter occurs so often, whatever the case; another one in place of what is none."""
    counted = letter.lower() if letter.isascii() and letter.isalpha() else _DRAWN
    count = part.text.lower().count(counted)
    return related(count, let_relation, let_frequency, "occurrence")


def response_language(part: Part, language: str) -> Verdict:
    """The language that langdetect names; text in which it finds none passes."""
    found = libraries.detect(part.text)
    return Verdict(found in (language, None), found or "no language")


def number_sentences(part: Part, relation: Relation, num_sentences: int) -> Verdict:
    """So many sentences by NLTK's Punkt model of English."""
    return related(len(libraries.sentences(part.text)), relation, num_sentences, "sentence")


def number_paragraphs(part: Part, num_paragraphs: int) -> Verdict:
    """So many parts between `***`; only the first and the last may be empty."""
    parts = [bool(p.strip()) for p in part.text.split("***")]
    return Verdict(
        all(parts[1:-1]) and sum(parts) == num_paragraphs, plural(sum(parts), "paragraph")
    )


def number_words(part: Part, relation: Relation, num_words: int) -> Verdict:
    r"""So many runs of word characters (`\w+`): `don't` is two, a Chinese clause is one."""
    return related(len(re.findall(r"\w+", part.text)), relation, num_words, "word")


def nth_paragraph_first_word(
    part: Part, num_paragraphs: int, nth_paragraph: int, first_word: str
) -> Verdict:
    """The word opens the nth of all parts between blank lines, of which only the full are counted.

    An empty part before the nth therefore moves the words of those behind it.
    """
    parts = [p.strip() for p in part.text.split("\n\n")]
    count = len([p for p in parts if p])
    if nth_paragraph > count or not parts[nth_paragraph - 1]:
        return Verdict(False, plural(count, "paragraph"))
    word = parts[nth_paragraph - 1].split()[0].lstrip("'").lstrip('"')
    word = _ENDS_FIRST_WORD.split(word)[0].lower()
    passed = count == num_paragraphs and word == first_word.lower()
    return Verdict(passed, f"{plural(count, 'paragraph')}, {word!r} first")


def number_placeholders(part: Part, num_placeholders: int) -> Verdict:
    """At least so many pairs of square brackets, empty ones included."""
    count = sum(_pairs(line) for line in part.text.split("\n"))
    return related(count, "at least", num_placeholders, "placeholder")


def _pairs(line: str) -> int:
    """Count `[` with the next `]` behind it."""
    count, at = 0, 0
    while (start := line.find("[", at)) != -1 and (end := line.find("]", start)) != -1:
        count, at = count + 1, end + 1
    return count


def postscript(part: Part, postscript_marker: str) -> Verdict:
    """The marker occurs, wherever it is."""
    marker = postscript_marker.strip()
    found = any(_find(_POSTSCRIPTS.get(marker, marker), part.text))
    return Verdict(found, "the marker in it" if found else "no marker")


def number_bullet_lists(part: Part, num_bullets: int) -> Verdict:
    """Exactly so many lines that begin with `*`, or with `-` whatever follows."""
    count = len(_STAR.findall(part.text)) + len(_DASH.findall(part.text))
    return Verdict(count == num_bullets, plural(count, "point"))


def constrained_response(part: Part, options: list[str] = OPTIONS) -> Verdict:
    """One of the options occurs."""
    found = [option for option in options if option in part.text]
    return Verdict(bool(found), " and ".join(map(shorten, found)) or "none of the options")


def number_highlighted_sections(part: Part, num_highlights: int) -> Verdict:
    """At least so many stretches between asterisks; `***x***` is two."""
    found = [*_SINGLE.findall(part.text), *_DOUBLE.findall(part.text)]
    count = sum(bool(inside.strip()) for inside in found)
    return related(count, "at least", num_highlights, "highlight")


def multiple_sections(part: Part, section_spliter: str, num_sections: int) -> Verdict:
    """At least so many times the splitter with a number behind it, wherever it is."""
    count = _count(rf"{section_spliter.strip()}\s?\d+", part.text, "")
    return related(count, "at least", num_sections, "section")


def json_format(part: Part) -> Verdict:
    """JSON as Python reads it, once a code fence is taken off its ends."""
    text = part.text.strip()
    for fence in ("```json", "```Json", "```JSON", "```"):
        text = text.removeprefix(fence)
    try:
        json.loads(text.removesuffix("```").strip())
    except (ValueError, RecursionError) as error:
        return Verdict(False, f"no JSON: {error}")
    return Verdict(True, "JSON")


def title(part: Part) -> Verdict:
    """Some line has something between `<<` and `>>`."""
    for line in part.text.split("\n"):
        inside = line.partition("<<")[2].rpartition(">>")[0]
        if inside.lstrip("<").rstrip(">").strip():
            return Verdict(True, f"the title {shorten(inside)}")
    return Verdict(False, "no title")


def two_responses(part: Part) -> Verdict:
    """Two different parts between `******`; only the first and the last may be empty."""
    parts = [p.strip() for p in part.text.split("******")]
    full = [p for p in parts if p]
    passed = all(parts[1:-1]) and len(full) == 2 and full[0] != full[1]
    return Verdict(passed, plural(len(full), "response"))


def repeat_prompt(part: Part, prompt_to_repeat: str) -> Verdict:
    """The reply begins with the prompt, whatever the case."""
    said = part.text.strip().lower()
    passed = said.startswith(prompt_to_repeat.strip().lower())
    return Verdict(passed, "the prompt first" if passed else "something else first")


def end_checker(part: Part, end_phrase: str) -> Verdict:
    """The reply ends with the phrase, whatever the case; straight quotes behind it are forgiven."""
    said = part.text.strip().strip('"').lower()
    phrase = end_phrase.strip().lower()
    return Verdict(said.endswith(phrase), f"{shorten(said[-len(phrase) :])} at the end")


def quotation(part: Part) -> Verdict:
    """The reply begins and ends with a straight double quotation mark."""
    said = part.text.strip()
    passed = len(said) > 1 and said[0] == said[-1] == '"'
    return Verdict(passed, f"{said[:1]} and {said[-1:]} around it")


def capital_word_frequency(
    part: Part, capital_frequency: int, capital_relation: Relation
) -> Verdict:
    """So many tokens of NLTK's word tokenizer are in capital letters."""
    count = libraries.capital_tokens(part.text)
    return related(count, capital_relation, capital_frequency, "word")


def english_capital(part: Part) -> Verdict:
    """No small letter, and English to langdetect."""
    return _in_case(part.text.isupper(), part.text)


def english_lowercase(part: Part) -> Verdict:
    """No capital letter, and English to langdetect."""
    return _in_case(part.text.islower(), part.text)


def _in_case(kept: bool, text: str) -> Verdict:
    """Judge the language only where the case is kept; text without any language passes."""
    if not kept:
        return Verdict(False, "letters of the other case")
    found = libraries.detect(text)
    return Verdict(found in ("en", None), found or "no language")


def no_comma(part: Part) -> Verdict:
    """No `,`; the commas of other scripts are not seen."""
    count = part.text.count(",")
    return Verdict(count == 0, plural(count, "comma"))


UPSTREAM: dict[str, Judge] = {
    "keywords:existence": existence,
    "keywords:frequency": frequency,
    "keywords:forbidden_words": forbidden_words,
    "keywords:letter_frequency": letter_frequency,
    "language:response_language": response_language,
    "length_constraints:number_sentences": number_sentences,
    "length_constraints:number_paragraphs": number_paragraphs,
    "length_constraints:number_words": number_words,
    "length_constraints:nth_paragraph_first_word": nth_paragraph_first_word,
    "detectable_content:number_placeholders": number_placeholders,
    "detectable_content:postscript": postscript,
    "detectable_format:number_bullet_lists": number_bullet_lists,
    "detectable_format:constrained_response": constrained_response,
    "detectable_format:number_highlighted_sections": number_highlighted_sections,
    "detectable_format:multiple_sections": multiple_sections,
    "detectable_format:json_format": json_format,
    "detectable_format:title": title,
    "combination:two_responses": two_responses,
    "combination:repeat_prompt": repeat_prompt,
    "startend:end_checker": end_checker,
    "startend:quotation": quotation,
    "change_case:capital_word_frequency": capital_word_frequency,
    "change_case:english_capital": english_capital,
    "change_case:english_lowercase": english_lowercase,
    "punctuation:no_comma": no_comma,
}
