"""A number that must stand in a text."""

from __future__ import annotations

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._numerals import find_numbers, number_of
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict

_SHOWN = 20


def _is_number(value: float | str) -> None:
    if number_of(value) is None:
        raise ValueError("a number such as 9.8, 3/4 or 一百二十")


@trait(check=_is_number)
def number(part: Part, value: float | str) -> Verdict:
    """The text contains a number of this value, however it is written.

    1,000 equals 1000 and 一千, 12.50 equals 12.5, 3/4 equals 0.75 and 75%; units are left aside.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> number(Part("共１，０００元", Reply(text="")), 1000).spans
    ((1, 6),)
    """
    numbers = list(find_numbers(part.text))
    wanted = number_of(value)
    spans = tuple(n.span for n in numbers if wanted and n.equals(wanted))
    shown = [part.text[slice(*n.span)] for n in numbers[:_SHOWN]]
    got = Reason("checks.numbers", numbers=shown) if shown else Reason("checks.no_number")
    return Verdict(bool(spans), got, spans)
