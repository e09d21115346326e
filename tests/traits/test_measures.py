"""Every measure against its table, and every table against the measure's mutants."""

from __future__ import annotations

import random
import time

import pytest

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import bind, bind_measure, measures, traits
from tests.traits.mutants import mutants
from tests.traits.table import Number, parts
from tests.traits.tables import EQUIVALENT, NUMBERS


def test_every_measure_has_a_table() -> None:
    """A measure cannot be added without examples."""
    assert measures().keys() == NUMBERS.keys()


@pytest.mark.parametrize(
    ("name", "row"),
    [
        pytest.param(name, row, id=f"{name}-{i}")
        for name, rows in NUMBERS.items()
        for i, row in enumerate(rows)
    ],
)
def test_row(name: str, row: Number) -> None:
    """The measure gives the number that the row says, or says why there is none."""
    bound = bind_measure(name, row.args)
    samples = parts(row.texts, bound.of, row.prompt, **row.reply)
    if isinstance(row.value, str):
        with pytest.raises(ValueError) as error:
            bound(samples)
        assert isinstance(error.value.args[0], Reason)
        assert str(error.value) == row.value
    else:
        assert bound(samples) == pytest.approx(row.value)


@pytest.mark.parametrize("name", NUMBERS)
def test_table_kills_every_mutant(name: str) -> None:
    """No small error in the measure goes unseen by its table."""
    survivors = {
        description
        for description, mutant in mutants(measures()[name].compute)
        if not _dies(mutant, name)
    }
    assert survivors == set(EQUIVALENT[name])


def _dies(mutant: object, name: str) -> bool:
    try:
        return not all(row.holds(name, mutant) for row in NUMBERS[name])
    except Exception:  # noqa: BLE001 - a crash is a death as well
        return True


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "。", "<think>", "1/0"], ids=ascii)
def test_odd_text_is_measured(name: str, text: str) -> None:
    """Nothing that a model can emit makes a measure raise anything but a ValueError."""
    bound = bind(name, {"at_least": 0})
    verdict = bound(parts([text, text], bound.trait.of, text))
    assert verdict.passed in (True, None)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_measure_is_a_trait(name: str) -> None:
    """Its bounds can be written wherever traits are."""
    assert traits()[name].measure is measures()[name]
    assert traits()[name].over == "replies"


NOISE = random.Random(0)
AGAIN = [
    "a", "1", "一", " ", "\n", "{", "<", "[", "#", '"', "- ", "1.", "1/", "a,", "<a ", "&a;", "a=1 ", "```\n",
    "第一周", "是吗？", "wait ", "user: ", "<think>", "\\frac{", "answer is ", "<tool_call>",
    "SECTION 1 ", "twenty and ", "A\n\n",
]  # fmt: skip
HOSTILE = [
    *(unit * (20_000 // len(unit)) for unit in AGAIN),
    "a-" * 10_000,
    "水稻，" * 6_000,
    "".join(NOISE.choice("abc 水稻\n。") for _ in range(20_000)),
    "1. " * 6_000,
    "I can't " * 2_500,
    "\\boxed{" * 3_000,
    "(" * 20_000,
    '"' + "“" * 20_000,
    "one " * 5_000,
]


@pytest.mark.parametrize("name", traits())
def test_hostile_text_takes_linear_time(name: str) -> None:
    """Twenty thousand characters, however they are made up, are judged within two seconds."""
    from tests.traits.test_tables import ARGUMENTS

    raw = ARGUMENTS.get(name, {"at_least": 0})
    bound = bind(name, raw)
    for text in HOSTILE:
        samples = parts([text, text], bound.trait.of, text)
        start = time.process_time()
        bound(samples if bound.trait.over == "replies" else samples[0])
        assert time.process_time() - start < 2, text[:20]
