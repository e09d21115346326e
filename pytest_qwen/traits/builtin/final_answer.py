"""The final answer of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._algebra import compare, formulas, is_formula, need_algebra
from pytest_qwen.traits.builtin._numerals import Number, find_numbers, find_spelled, number_of
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import halfwidth, is_han, lines, sentences
from pytest_qwen.traits.verdict import Part, Span, Verdict

_LABEL = re.compile(
    r"(?:answer|答案|结果)[ *_]{0,4}(?:is|are|是|为|应为|[:：])[ *_:：]{0,6}", re.IGNORECASE
)
_BOX = "\\boxed{"
_BOLD = re.compile(r"\*\*[^*\n]+\*\*")
_NOT = re.compile(
    r"(?:不是|而非|并非|rather than|instead of|\bnot)[^#.。,，]{0,12}$", re.IGNORECASE
)
_ASKS_SMALLER = re.compile(r"[更较最]小|哪个小|谁小|\b(?:smaller|smallest|less)\b", re.IGNORECASE)
# Comparisons, with `#` for each number; the `#` that a match begins or ends with is the larger.
_LARGER = re.compile(
    r"#[^#.,;，。；]{0,12}?\b(?:is|are)\b(?! not)[^#.,;]{0,20}?"
    r"\b(?:larger|greater|bigger|higher|more)\b"
    r"|#[ *]*(?:大于|高于|多于|>|(?:比[ *]*#)?[ *]*[更还要较最]{1,2}[大高多]|比[ *]*#[ *]*[大高多])"
    r"|(?:\b(?:larger|greater|bigger|higher)(?: (?:one|number|value))? is"
    r"|(?:[更较最][大高多]的?|[大高多]的)(?:数字|数|值)?(?:是|为|:))[^#.。]{0,12}#",
    re.IGNORECASE,
)
_OPPOSITE = {"larger": "smaller", "greater": "less", "bigger": "lower", "higher": "fewer"}
_SMALLER = re.compile(
    re.sub("|".join(_OPPOSITE), lambda m: _OPPOSITE[m[0]], _LARGER.pattern).translate(
        str.maketrans("大高多>", "小低少<")
    ),
    re.IGNORECASE,
)


def _check(value: float | str, others: list[str] | None, units: str | list[str] | None) -> None:
    is_number = number_of(value) is not None
    if others and is_number:
        raise ValueError("others beside a text only, not beside a number")
    if units is not None and not is_number:
        raise ValueError("units beside a number only, not beside a text")
    if units in ("", []) or (isinstance(units, list) and "" in units):
        raise ValueError("a unit such as km")
    if _wants_formula(value, others):
        need_algebra(str(value))


def _wants_formula(value: float | str, others: list[str] | None) -> bool:
    return not others and number_of(value) is None and is_formula(str(value))


@trait(check=_check)
def final_answer(
    part: Part,
    value: float | str,
    others: list[str] | None = None,
    units: str | list[str] | None = None,
) -> Verdict:
    r"""The final answer of the text equals `value`: a number, a formula by value, or a text.

    It stands in the last `\boxed{}`; else in the line after the last `答案：` or `answer is`;
    else, a number in the last sentence that names one, and a text anywhere. Of several numbers
    there, it is the one that wins a comparison (`9.11比9.8小` gives 9.8, or 9.11 where the prompt
    asks for the smaller one); else the first after the last `=` or a label, else the last bold
    one, else the last one. Of texts (`value` and the wrong `others`) it is the one that is named
    last. What is negated (不是9.11, not 9.11) is never the answer. Numbers in English words
    (`three apples`) are read where there are no others. `units` are those that may stand at the
    number, such as `[元, yuan, ￥]`; without them units are ignored. 50% is 0.5 and 50; values
    are compared exactly. A formula (`x+1`, `2\sqrt{3}`, `$[2, 5)$`) is compared by algebra, with
    the extra `math`: the one in the box, else the first after a label, else the last one.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> final_answer(Part("9.11比9.8小。", Reply(text="")), 9.8).got
    "the answer '9.8'"
    """
    expected = number_of(value)
    if _wants_formula(value, others):
        return _judge_formula(part.text, str(value))
    if expected is None:
        place = _labelled(part.text) or (0, len(part.text))
        span = _last_named(part.text, place, [str(value), *(others or [])])
        passed = span is not None and part.text[slice(*span)].casefold() == str(value).casefold()
    else:
        place, number = _final_number(part.text, part.prompt)
        span = number.span if number else None
        passed = bool(
            number and number.equals(expected) and _has_unit(part.text, number.span, units)
        )
    if span is None:
        return Verdict(False, Reason("traits.no_answer", text=part.text[slice(*place)]), (place,))
    return Verdict(passed, Reason("traits.final_answer", text=part.text[slice(*span)]), (span,))


def _judge_formula(text: str, expected: str) -> Verdict:
    labelled = _labelled(text)
    place = labelled or (0, len(text))
    places = [place] if text.endswith(_BOX, 0, place[0]) else formulas(text, place)
    left = [span for span in places if not _NOT.search(text[max(0, span[0] - 24) : span[0]])]
    if not left and labelled is None:
        return Verdict(False, Reason("traits.no_answer", text=text), (place,))
    span = left[0 if labelled else -1] if left else place
    formula = text[slice(*span)]
    same, why = compare(expected, formula)
    got = Reason("traits.final_answer", text=formula)
    if why:
        got = Reason("traits.final_answer_unclear", text=formula, why=why)
    return Verdict(same, got, (span,))


def _spelled(text: str, labelled: bool) -> Number | None:
    """Return the last number in words, the first after a label; `one` counts there only."""
    numbers = [n for n in find_spelled(text) if labelled or text[slice(*n.span)].lower() != "one"]
    return numbers[0 if labelled else -1] if numbers else None


def _has_unit(text: str, span: Span, units: str | list[str] | None) -> bool:
    """Say whether one of the units stands before or after a number, ignoring LaTeX and markup."""
    if units is None:
        return True
    names = "|".join(map(re.escape, [units] if isinstance(units, str) else units))
    after = re.compile(
        rf"(?:[\s*_$}}~]|\\[,;!]|\\(?:text|mathrm|,)){{0,8}}\{{?\s{{0,2}}(?:{names})(?![A-Za-z])"
    )
    before = re.compile(rf"(?:{names})[\s*_\\]{{0,4}}\Z")
    return bool(after.match(text, span[1]) or before.search(text[max(0, span[0] - 24) : span[0]]))


def final_number(text: str, prompt: str) -> Number | None:
    """Return the final number of a text, see `final_answer`."""
    return _final_number(text, prompt)[1]


def _final_number(text: str, prompt: str) -> tuple[Span, Number | None]:
    """Return where the answer stands, and the number there."""
    labelled = _labelled(text)
    place = labelled or _last_with_number(text)
    answer = text[slice(*place)]
    number = _choose(answer, bool(labelled), prompt) or _spelled(answer, bool(labelled))
    if number:
        number = number._replace(span=(place[0] + number.span[0], place[0] + number.span[1]))
    return place, number


def _labelled(text: str) -> Span | None:
    """Return what the last box holds, or the line after the last label."""
    if (boxed := text.rfind(_BOX)) >= 0:
        depth, start = 0, boxed + len(_BOX) - 1
        for brace in re.finditer(r"[{}]", text[start:]):
            depth += {"{": 1, "}": -1}[brace[0]]
            if depth == 0:
                return start + 1, start + brace.start()
        return start + 1, len(text)
    for label in list(_LABEL.finditer(text))[-1:]:
        for start, end in lines(text[label.end() :]):
            return label.end() + start, label.end() + end
    return None


def _last_with_number(text: str) -> Span:
    for span in reversed(sentences(text)):
        if next(find_numbers(text[slice(*span)]), None):
            return span
    return 0, len(text)


def _choose(text: str, labelled: bool, prompt: str) -> Number | None:
    """Choose among the numbers of the place where the answer stands."""
    numbers, plain = _mark(text)
    larger, smaller = _compared(_LARGER, plain), _compared(_SMALLER, plain)
    won, lost = (smaller, larger) if _ASKS_SMALLER.search(prompt) else (larger, smaller)
    if won is not None:
        return numbers[won]
    befores = plain.split("#")
    left = [n for i, n in enumerate(numbers) if i != lost and not _NOT.search(befores[i])]
    equals = text.rfind("=")
    later = [n for n in left if n.span[0] > equals]
    if labelled or (equals >= 0 and later):
        return next(iter(later or left), None)
    bold = {at for match in _BOLD.finditer(text) for at in range(*match.span())}
    marked = [n for n in left if n.span[0] in bold]
    return (marked or left)[-1] if left else None


def _mark(text: str) -> tuple[list[Number], str]:
    """Return the numbers of a text, and the text with `#` for each of them."""
    numbers = list(find_numbers(text))
    ends = [0, *(n.span[1] for n in numbers)]
    starts = [*(n.span[0] for n in numbers), len(text)]
    between = (halfwidth(text[a:b]).replace("#", " ") for a, b in zip(ends, starts, strict=True))
    return numbers, "#".join(between)


def _compared(pattern: re.Pattern[str], plain: str) -> int | None:
    """Return which number a comparison names, counted from 0."""
    match = pattern.search(plain)
    if match is None:
        return None
    at = match.start() if match[0][0] == "#" else match.end() - 1
    return plain.count("#", 0, at)


def _last_named(text: str, place: Span, names: list[str]) -> Span | None:
    spans = (span for name in names for span in _named(text, place, name))
    return max(spans, key=lambda span: (span[1], -span[0]), default=None)


def _named(text: str, place: Span, name: str) -> Iterator[Span]:
    for match in re.compile(re.escape(name), re.IGNORECASE).finditer(text, *place):
        around = (text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1])
        joined = any(c.isalnum() and not is_han(c) for c in around) and not is_han(name[:1])
        if not joined and not _NOT.search(text[max(0, match.start() - 24) : match.start()]):
            yield match.span()
