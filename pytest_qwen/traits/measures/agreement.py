"""How far the samples of a case come to the same answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pytest_qwen.traits.builtin.final_answer import final_number
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.verdict import Part


@measure
def agreement(parts: Sequence[Part]) -> float:
    """The share of samples that come to the commonest answer: a number by value, else the text.

    The confidence that Wang et al. (2023) find in self-consistency, section 3.3. Where no number
    is found, the whole text is the answer, without case, space and end marks: answers are `fixed`
    near 1.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> texts = ("14", "So it is 14.0.", "3", "It is fourteen.")
    >>> agreement([Part(text, Reply(text="")) for text in texts])
    0.75
    """
    answers = Counter(_answer(part) for part in parts)
    return max(answers.values()) / len(parts)


def _answer(part: Part) -> str:
    number = final_number(part.text, part.prompt)
    return str(number.value) if number else "".join(part.text.casefold().split()).rstrip(".。!！")
