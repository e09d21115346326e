"""Every measure against examples, and every table against the measure's mutants."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from pytest_qwen.model_io.reply import Reply
from pytest_qwen.traits.measures.diversity import distinct_n
from pytest_qwen.traits.registry import bind, bind_measure, measures, traits
from pytest_qwen.traits.verdict import Part
from tests.traits.mutants import mutants
from tests.traits.table import parts


@dataclass(frozen=True)
class Number:
    """What a spec writes behind the measure, the texts of the samples, and the number or the error."""

    args: Any
    texts: list[str]
    value: float | str
    prompt: str = ""
    reply: dict[str, Any] = field(default_factory=dict)

    def holds(self, name: str, compute: Any = None) -> bool:
        bound = bind_measure(name, self.args)
        said = parts(self.texts, bound.of, self.prompt, **self.reply)
        try:
            got = (compute or bound.measure.compute)(said, **bound.arguments)
        except ValueError as error:
            return str(error) == self.value
        return self.value == pytest.approx(got)


POEM = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。"
PROSE = "Rice grows in water, and it is the food of half the world. It needs sun."
NONE = {"thinking": "", "answer": ""}
LOOP = "水稻是粮食。" * 9
NO_LOGPROBS = "have no log-probabilities"
TABLES = {
    "distinct_n": [
        Number(None, ["to be or not to be"], 0.8),
        Number(1, ["To be", "to go"], 0.75),
        Number(3, ["水稻是粮", "水稻是米"], 0.75),
        Number(2, ["a", "b"], "no run of 2 words in any sample"),
    ],
    "distinct_1": [Number(None, ["a a b"], 2 / 3)],
    "distinct_2": [Number(None, ["a b a b"], 2 / 3)],
    "pairwise_similarity": [
        Number(None, ["one two three", "One two four"], 0.5),
        Number(None, ["a", "a", "b"], 1 / 3),
        Number(None, ["", ""], 1),
        Number(None, ["a b", "b a"], 0),
        Number(None, ["a"], "two samples to compare"),
    ],
    "self_bleu": [
        Number(None, ["a b c d e", "A b c d e"], 1),
        Number(1, ["a b c", "a b d"], 2 / 3),
        Number(2, ["a b c", "a b d"], (2 / 3 * 1 / 2) ** 0.5),
        Number(1, ["a a", "a b"], (1 / 2 + 1 / 2) / 2),
        Number(1, ["a", "a b c d"], (math.e**-3 + 1 / 4) / 2),
        Number(1, ["a b", "c", "a b d"], (1 + 0.1 * math.e**-1 + 2 / 3) / 3),
        Number(1, ["x", "y"], 0.1),
        Number(1, ["a a a b", "a a", "a c"], (2 / 4 + 1 + 1 / 2) / 3),
        Number(4, ["a b", "a b"], 1),
        Number(1, ["a", ""], "two samples to compare, each with words"),
        Number(1, ["a"], "two samples to compare, each with words"),
    ],
    "answer_length": [
        Number(None, ["水稻。", "Rice grows. Good!"], 2.5),
        Number("characters", [" ab ", "abcd"], 3),
        Number("sentences", ["One. Two.", "One."], 1.5),
    ],
    "thinking_length": [
        Number(None, ["", ""], 7, reply={"n_thinking_tokens": 7}),
        Number(None, ["水稻", "a b c d"], 3),
        Number(None, [""], 0),
    ],
    "thinking_share": [
        Number(None, ["x"], 0.75, reply={"thinking": "a b c", "answer": "d"}),
        Number(None, ["x"], "no words in any sample", reply=NONE),
    ],
    "truncated_share": [
        Number(None, ["a", "b"], 1, reply={"finish": "length"}),
        Number(None, ["a", "b"], 0),
    ],
    "loop_share": [Number(None, [LOOP, "水稻。"], 0.5)],
    "perplexity": [
        Number(None, ["a", "b", ""], 2, reply={"mean_logprob": -math.log(2)}),
        Number(None, ["a"], 1, reply={"mean_logprob": 0.0, "token_ids": (1,)}),
        Number(None, [""], "no text in any sample"),
        Number(None, ["a"], f"replies from elsewhere {NO_LOGPROBS}, unless `mean_logprob` says"),
        Number(
            None, ["a"], f"replies in the store {NO_LOGPROBS}, generate them again: "
            "`--qwen-store=off`, or another folder", reply={"token_ids": (1,)},
        ),
    ],
    "compression_ratio": [
        Number(None, ["a" * 1000, ""], 0.017),
        Number(None, ["", ""], "no text in any sample"),
    ],
    "cohesion": [
        Number(None, ["Rice needs water. RICE needs sun."], 2 / 3),
        Number(None, ["水稻长。水稻高。", "一句话。"], 0.5),
        Number(None, ["Rice. Sun.", "The rice is a plant. It is a plant."], (0 + 0.5**0.5) / 2),
        Number(None, ["Rice grows."], "two sentences in any sample"),
        Number(None, ["的的。的的。"], 0),
    ],
    "relevance": [
        Number(None, ["水稻，水稻"], 0.5**0.5, "水稻和小麦？"),
        Number(None, ["Rice", "sun"], 0.5, "rice"),
        Number(None, ["the"], 0, "rice"),
        Number(None, ["rice"], "content words in the prompt", "the of"),
    ],
    "style_similarity": [
        Number(None, [PROSE], 1, PROSE),
        Number(None, [PROSE], 0, POEM * 2),
        Number(None, ["a" * 50, "b" * 50], 0.5, "a" * 50),
        Number(None, ["a" * 49], "50 characters in the prompt and in each sample", "a" * 50),
        Number(None, ["a" * 50], "50 characters in the prompt and in each sample", "a" * 49),
    ],
    "agreement": [
        Number(None, ["14", "So it is 14.0.", "3", "It is fourteen."], 0.75),
        Number(None, ["Paris.", " paris", "Lyon"], 2 / 3),
        Number(None, ["9.11比9.8小。", "9.11"], 1, "哪个更小？"),
    ],
}  # fmt: skip
EQUIVALENT = {
    # Of equal counts it does not matter whose is called the greatest.
    "self_bleu": {"_two_greatest: count > first → count >= first"},
}


def test_every_measure_has_a_table() -> None:
    """A measure cannot be added without examples."""
    assert measures().keys() == TABLES.keys()


@pytest.mark.parametrize(
    ("name", "row"),
    [
        pytest.param(name, row, id=f"{name}-{i}")
        for name, rows in TABLES.items()
        for i, row in enumerate(rows)
    ],
)
def test_row(name: str, row: Number) -> None:
    """The measure gives the number that the row says, or says why there is none."""
    bound = bind_measure(name, row.args)
    said = parts(row.texts, bound.of, row.prompt, **row.reply)
    if isinstance(row.value, str):
        with pytest.raises(ValueError) as error:
            bound(said)
        assert str(error.value) == row.value
    else:
        assert bound(said) == pytest.approx(row.value)


@pytest.mark.parametrize("name", TABLES)
def test_table_kills_every_mutant(name: str) -> None:
    """No small error in the measure goes unseen by its table."""
    survivors = {
        description
        for description, mutant in mutants(measures()[name].compute)
        if not _dies(mutant, name)
    }
    assert survivors == EQUIVALENT.get(name, set())


def _dies(mutant: object, name: str) -> bool:
    try:
        return not all(row.holds(name, mutant) for row in TABLES[name])
    except Exception:  # noqa: BLE001 - a crash is a death as well
        return True


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "。", "<think>", "1/0"], ids=ascii)
def test_odd_text_is_measured(name: str, text: str) -> None:
    """Nothing that a model can emit makes a measure raise anything but a ValueError."""
    bound = bind(name, {"at_least": 0})
    verdict = bound(parts([text, text], bound.trait.of, text))
    assert verdict.passed in (True, None)


@pytest.mark.parametrize("name", TABLES)
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
        said = parts([text, text], bound.trait.of, text)
        start = time.process_time()
        bound(said if bound.trait.over == "replies" else said[0])
        assert time.process_time() - start < 2, text[:20]


def test_perplexity_is_a_mean_of_logarithms() -> None:
    """One odd sample does not decide: 4 and 9 make 6. Another part than the text has no number."""
    said = [Reply(text="a", answer="a", mean_logprob=-math.log(n)) for n in (4, 9)]
    parts = [Part.of_reply(reply) for reply in said]
    assert bind_measure("perplexity", None)(parts) == pytest.approx(6)
    with pytest.raises(ValueError, match="are kept of the whole text, not of the answer"):
        bind_measure("perplexity", None, "answer")(parts)


def test_distinct_falls_with_the_length() -> None:
    """The documented weakness is real: more of the same kind of text has a smaller share."""
    words = [NOISE.choice("abcdefghij") for _ in range(400)]
    short, long = (" ".join(words[:n]) for n in (40, 400))
    part = parts("x", "answer")[0]
    assert distinct_n([Part(short, part.reply)]) > distinct_n([Part(long, part.reply)])
