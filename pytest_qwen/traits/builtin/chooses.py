"""The letter that is chosen from options A, B, C, D."""

from __future__ import annotations

import re

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import halfwidth
from pytest_qwen.traits.verdict import Part, Span, Verdict

_LETTER = r"(?P<letter>[A-Z])(?![A-Za-z0-9'’])"
_WRAP = r"[\s*_\"'“‘「【（(\[$]{0,4}(?:\\(?:text|mathrm|textbf)\{)?"
# In the order of how plain they are; of several matches of one kind the last counts.
_KINDS = (
    re.compile(rf"\\boxed\{{{_WRAP}{_LETTER}"),
    re.compile(
        r"(?:(?i:answer|choice|option|choose|select)(?i:\s+(?:is|would be|should be))?"
        rf"|答案|选择?|选项)(?:应?该?[是为选])?(?:\s*[:：])?(?i:\s+option)?{_WRAP}{_LETTER}(?!\s+[a-z]+\s+is\b)"
    ),
    re.compile(rf"\A\s*{_WRAP}{_LETTER}(?=\s*(?:[.。)）\]】:：、*,，]|\Z|\n))"),
    re.compile(rf"^[^\S\n]*{_WRAP}{_LETTER}(?=[\s*_.。)）\]】]*$)", re.MULTILINE),
)
_NEGATED = re.compile(
    r"(?:不选|不是|不能选|排除|(?i:\bnot(?: option)?|rather than))[\s*(（]{0,3}\Z"
)


def _is_letter(value: str) -> None:
    if not re.fullmatch("[A-Z]", value):
        raise ValueError("a capital letter such as B")


@trait(check=_is_letter)
def chooses(part: Part, value: str) -> Verdict:
    r"""The option chosen is the one of this capital letter: B of A, B, C, D.

    It stands in the last `\boxed{B}`; else after the last label (`答案：B`, `选 B`, `The answer is
    (B)`); else at the very start (`B. 北京`, `(B)`); else alone on the last such line. A letter
    that is part of a word or negated (不选 A, not A) is not chosen, nor is one merely spoken of.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> chooses(Part("A 是首都，所以应选（A）。", Reply(text="")), "A").spans
    ((11, 12),)
    """
    span = _chosen(halfwidth(part.text))
    if span is None:
        return Verdict(False, Reason("traits.no_option", text=part.text))
    letter = halfwidth(part.text[slice(*span)])
    return Verdict(letter == value, Reason("traits.option", letter=letter), (span,))


def _chosen(text: str) -> Span | None:
    for kind in _KINDS:
        for match in reversed(list(kind.finditer(text))):
            if not _NEGATED.search(
                text[max(0, match.start("letter") - 16) : match.start("letter")]
            ):
                return match.span("letter")
    return None
