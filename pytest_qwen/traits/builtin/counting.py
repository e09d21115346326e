"""How long a text is."""

from __future__ import annotations

from typing import Literal

from pytest_qwen.traits.builtin._bounds import check_bounds, plural, within
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import sentences as find_sentences
from pytest_qwen.traits.text import words
from pytest_qwen.traits.verdict import Part, Verdict

Unit = Literal["characters", "words", "sentences"]


@trait(check=check_bounds)
def length(
    part: Part,
    exactly: int | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
    unit: Unit = "characters",
) -> Verdict:
    """The text has so many characters (inner whitespace included), words or sentences.

    A Han character is a word, so that `words` is what 字数 means in Chinese and mixed text.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> length(Part("水稻是 crop。", Reply(text="")), at_most=4, unit="words").got
    '4 words'
    """
    match unit:
        case "characters":
            count = len(part.text.strip())
        case "words":
            count = len(words(part.text))
        case "sentences":
            count = len(find_sentences(part.text))
    passed = within(count, exactly, at_least, at_most)
    return Verdict(passed, plural(count, unit.removesuffix("s")), (), {unit: count})


@trait(check=check_bounds)
def sentences(
    part: Part,
    exactly: int | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
) -> Verdict:
    """The text has so many sentences, as `pytest_qwen.traits.text.sentences` finds them.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> sentences(Part("你好！今天是3.14。", Reply(text="")), 1).spans
    ((0, 3), (3, 11))
    """
    spans = tuple(find_sentences(part.text))
    passed = within(len(spans), exactly, at_least, at_most)
    return Verdict(passed, plural(len(spans), "sentence"), spans, {"sentences": len(spans)})
