"""How long a text is."""

from __future__ import annotations

from typing import Literal

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._bounds import check_bounds, within
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import sentences, words
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
            got = Reason("traits.characters", n=count)
        case "words":
            count = len(words(part.text))
            got = Reason("traits.words", n=count)
        case "sentences":
            count = len(sentences(part.text))
            got = Reason("traits.sentences", n=count)
    return Verdict(within(count, exactly, at_least, at_most), got, (), {unit: count})
