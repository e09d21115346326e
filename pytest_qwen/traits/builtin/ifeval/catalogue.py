"""The instructions by id, and what several of them share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import Judge
from pytest_qwen.traits.text import halfwidth
from pytest_qwen.traits.verdict import Span, Verdict

Relation = Literal["at least", "less than"]
"""How a count relates to the number demanded, in the words of IFEval."""

OPTIONS = ["My answer is yes.", "My answer is no.", "My answer is maybe."]
"""The replies that `detectable_format:constrained_response` allows where no `options` are given."""

INSTRUCTIONS: dict[str, Judge] = {}
"""Each instruction's function in the mode `fixed`; its parameters are the arguments of both."""


def instruction(instruction_id: str) -> Callable[[Judge], Judge]:
    """Register a function `(part, **arguments) -> Verdict` as an instruction of IFEval."""

    def register(judge: Judge) -> Judge:
        INSTRUCTIONS[instruction_id] = judge
        return judge

    return register


def keeps(count: int, relation: Relation | None, number: int) -> bool:
    """Say whether a count has the relation demanded; without one it must be equal.

    >>> keeps(2, "at least", 2), keeps(2, "less than", 2), keeps(2, None, 2)
    (True, False, True)
    """
    if relation is None:
        return count == number
    return count >= number if relation == "at least" else count < number


def counted(
    got: Reason, relation: Relation | None, number: int, spans: tuple[Span, ...] = ()
) -> Verdict:
    """Judge a count by the number demanded; the evidence has it as its value `n`.

    >>> counted(Reason("checks.words", n=2), "less than", 2)
    Verdict(passed=False, got='2 words', spans=(), values={'count': 2}, of='answer')
    """
    count = got.values["n"]
    return Verdict(keeps(count, relation, number), got, spans, {"count": count})


# A letter or digit of a script with spaces between words: between two of them a word goes on.
_INNER = re.compile(r"[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2}")


def goes_on(text: str, at: int) -> bool:
    """Say whether the place before the character `at` is inside a word.

    >>> [at for at in range(6) if goes_on("a bc水稻", at)]
    [3]
    """
    return _INNER.match(text, at - 1, at + 1) is not None


_QUOTES = str.maketrans("’‘“”", "''\"\"")


def folded(text: str) -> str:
    """Return a text without the differences that nobody means: case, width, kind of quotes.

    Each character stays in its place.

    >>> folded("It’s “Ａ”")
    'it\\'s "a"'
    """
    narrow = halfwidth(text).translate(_QUOTES)
    low = narrow.lower()
    if len(low) == len(narrow):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in narrow)
