"""Characters, words, sentences and lines of untrusted text, Chinese and English, as spans.

Everything here takes time linear in the text and never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from pytest_qwen.traits.verdict import Span

# Scripts written without spaces: Han, kana. One character counts as one word.
_HAN = "\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Letters with what belongs to them: combining accents, and the vowel signs of Indic scripts and
# Thai, which are no letters to `\w`.
_LETTER = rf"(?:(?![{_HAN}])[^\W_]|[\u0300-\u036f\u0900-\u0e7f\u200c\u200d])"
_WORD = re.compile(rf"[{_HAN}]|\d+(?:[.,]\d+)+|{_LETTER}+(?:['’\-]{_LETTER}+)*")
# What opens a line in Markdown, before the sentence: quotes, headings, bullets, numbers, emphasis.
_OPENING = re.compile(r"[\s>#*•·|_~`-]*(?:\d{1,3}[.)、](?=\s*[^\s\d])\s*)?[\s*_]*")
_MARK = re.compile(r"([.!?。！？．｡…]+)([\"'”’」』)）】》*_`]*)")
_INNER = ('"', "'", "”", "’", "」", "』", ")", "）", "】")
_LAST_WORD = re.compile(r"[^\W_][\w.]*\Z")
_NEXT = re.compile(r"(\s*)(\S?)")
_ABBREVIATIONS = frozenset(
    ("e.g", "i.e", "vs", "cf", "mr", "mrs", "ms", "dr", "prof", "st", "no", "fig", "eq", "vol")
)

CLOSERS = "\"'”’」』)）】》*_`~ \t\r\n"
"""What may follow the end mark of a sentence: quotes, brackets, markup, white space."""
_END_MARKS = (".", "!", "?", "。", "！", "？", "…", "．", "｡")

T = TypeVar("T")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def halfwidth(text: str) -> str:
    """Return `text` with full-width ASCII made narrow, each character in its place.

    >>> halfwidth("９．８＝ｙ")
    '9.8=y'
    """
    return text.translate(_WIDE)


def is_han(char: str) -> bool:
    """Say whether a character belongs to a script without spaces (Han, kana)."""
    return re.match(f"[{_HAN}]", char) is not None


def words(text: str) -> list[Span]:
    """Return the words: a Han character is one, `3.14`, `don't` and `co-op` are one each.

    >>> [text[a:b] for text in ["用 PyTorch 2.1。"] for a, b in words(text)]
    ['用', 'PyTorch', '2.1']
    """
    return [match.span() for match in _WORD.finditer(text)]


def folded_words(text: str) -> list[str]:
    """Return the words themselves, case folded, to be compared.

    >>> folded_words("To be 水稻")
    ['to', 'be', '水', '稻']
    """
    return [text[slice(*span)].casefold() for span in words(text)]


def grams(items: Sequence[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield every run of `size` items.

    >>> list(grams("abc", 2))
    [('a', 'b'), ('b', 'c')]
    """
    return zip(*(items[i:] for i in range(size)), strict=False)


def lines(text: str) -> Iterator[Span]:
    """Yield the lines that are not blank, without the line ends."""
    for match in re.finditer(r"[^\r\n]+", text):
        if not match[0].isspace():
            yield match.span()


def sentences(text: str) -> list[Span]:
    r"""Return the sentences; a line or bullet without an end mark is one as well.

    A mark does not end a sentence inside a number, after an abbreviation or an initial, before a
    small letter (in a text that has capital ones), or inside quotes or brackets that the sentence
    goes on after; an ellipsis is a pause unless a capital letter or the end of the line follows.
    What holds no word is no sentence.

    >>> text = "圆周率是3.14。对吗？\nSee e.g. Dr. Who... Fine!"
    >>> [text[a:b] for a, b in sentences(text)]
    ['圆周率是3.14。', '对吗？', 'See e.g. Dr. Who...', 'Fine!']
    """
    spans: list[Span] = []
    small = text.islower()
    for start, end in lines(text):
        opening = _OPENING.match(text, start, end)
        begin = opening.end() if opening else start
        for mark in _MARK.finditer(text, begin, end):
            if _ends(text, mark, end, small):
                spans.append((begin, mark.end()))
                begin = mark.end()
        spans.append((begin, end))
    stripped = (strip_span(text, span) for span in spans)
    return [span for span in stripped if _WORD.search(text, *span)]


def is_ended(text: str) -> bool:
    """Say whether a text ends with the end of a sentence.

    >>> is_ended("**Rice.**\\n"), is_ended("rice")
    (True, False)
    """
    return text.rstrip(CLOSERS).endswith(_END_MARKS)


def _ends(text: str, mark: re.Match[str], end: int, small: bool) -> bool:
    """Say whether a run of end marks ends its sentence.

    `end` is the end of the line; in a text all in `small` letters they do not tell anything.
    """
    marks, closers = mark[1], mark[2]
    after = _NEXT.match(text, mark.end(), end)
    space, following = after.groups() if after else ("", "")
    if not following:
        return True
    if following.islower() and not small:
        return False
    if set(marks) <= {"…"} or (len(marks) > 1 and set(marks) == {"."}):
        return following.isupper() or small
    if closers.endswith(_INNER) and not space and following not in "“‘「『\"'":
        return False
    if not marks.isascii():
        return True
    if marks != ".":
        return bool(space) or is_han(following)
    before = _LAST_WORD.search(text[max(0, mark.start() - 8) : mark.start()])
    word = before[0].casefold() if before else ""
    initial = len(word) == 1 and text[mark.start() - 1].isupper()
    if not closers and (word in _ABBREVIATIONS or initial):
        return False
    return bool(space) or (is_han(following) and not word[-1:].isdigit())


def strip_span(text: str, span: Span) -> Span:
    """Return a span without the white space at its ends."""
    start, end = span
    inside = text[start:end]
    return start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())
