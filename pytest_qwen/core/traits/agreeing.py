"""What the samples of a case come to, taken together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pytest_qwen.core.registry import trait
from pytest_qwen.core.traits._numerals import number_of
from pytest_qwen.core.traits.final import final_answer, final_number
from pytest_qwen.core.verdict import Part, Verdict


def _check(value: float | str, others: list[str] | None) -> None:
    if bool(others) == (number_of(value) is not None):
        raise ValueError("a number, or a text and the others that could be said")


@trait(over="replies", check=_check)
def majority_answer(
    parts: Sequence[Part], value: float | str, others: list[str] | None = None
) -> Verdict:
    """More samples come to `value` than to any other answer: the self-consistent answer.

    Wang et al. (2023), "Self-Consistency Improves Chain of Thought Reasoning in Language Models",
    ICLR: the commonest final answer of several thoughts is taken. Answers are read as by
    `final_answer`; samples without one have no vote, and a tie is no majority.

    >>> from pytest_qwen.core.reply import Reply
    >>> said = ("所以是 14。", "答案：14", "12 - 3 = 9")
    >>> majority_answer([Part(text, Reply(text="")) for text in said], 14).got
    '2 votes for 14, 1 for 9'
    """
    n_right = sum(bool(final_answer(part, value, others).passed) for part in parts)
    wrong = [part for part in parts if not final_answer(part, value, others).passed]
    votes = Counter(vote for part in wrong if (vote := _vote(part, others)))
    most, n_most = votes.most_common(1)[0] if votes else ("", 0)
    rest = f", {n_most} for {most}" if votes else ""
    got = f"{n_right} {'vote' if n_right == 1 else 'votes'} for {value}{rest}"
    return Verdict(n_right > n_most, got, (), {"votes": n_right})


def _vote(part: Part, others: list[str] | None) -> str:
    """Return what a sample comes to: one of the other texts, or a number; "" for none."""
    if others:
        named = (o for o in others if final_answer(part, o, [n for n in others if n != o]).passed)
        return next(named, "")
    found = final_number(part.text, part.prompt)
    return str(found.value) if found else ""
