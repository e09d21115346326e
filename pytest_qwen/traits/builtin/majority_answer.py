"""The answer of all samples of a case together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._numerals import number_of
from pytest_qwen.traits.builtin.final_answer import final_answer, final_number
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


def _check(value: float | str, others: list[str] | None) -> None:
    if bool(others) == (number_of(value) is not None):
        raise ValueError("a number, or a text and the other possible answers")


@trait(over="replies", check=_check)
def majority_answer(
    parts: Sequence[Part], value: float | str, others: list[str] | None = None
) -> Verdict:
    """More samples answer `value` than anything else: the self-consistent answer.

    Wang et al. (2023), "Self-Consistency Improves Chain of Thought Reasoning in Language Models",
    ICLR: the commonest final answer of several thoughts is taken. Answers are read as by
    `final_answer`; samples without one have no vote, and a tie is no majority.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> texts = ("所以是 14。", "答案：14", "12 - 3 = 9")
    >>> majority_answer([Part(text, Reply(text="")) for text in texts], 14).got
    '2 votes for it, 1 for 9'
    """
    wrong = [part for part in parts if not final_answer(part, value, others).passed]
    n_right = len(parts) - len(wrong)
    votes = Counter(vote for part in wrong if (vote := _vote(part, others)))
    rival = max(votes, key=lambda vote: votes[vote], default="")
    got = Reason("traits.votes", n=n_right)
    if rival:
        got = Reason("traits.votes_and_rival", n=n_right, m=votes[rival], rival=rival)
    return Verdict(n_right > votes[rival], got, (), {"votes": n_right})


def _vote(part: Part, others: list[str] | None) -> str:
    """Return the answer of a sample: one of the other texts, or a number; "" for none."""
    if others:
        named = (o for o in others if final_answer(part, o, [n for n in others if n != o]).passed)
        return next(named, "")
    number = final_number(part.text, part.prompt)
    return str(number.value) if number else ""
