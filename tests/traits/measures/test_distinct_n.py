"""Examples of `distinct_n`."""

from __future__ import annotations

import random

from pytest_qwen.traits.measures.distinct_n import distinct_n
from pytest_qwen.traits.verdict import Part
from tests.traits.table import Number, parts

NOISE = random.Random(0)

TABLE = [
    Number(None, ["to be or not to be"], 0.8),
    Number(1, ["To be", "to go"], 0.75),
    Number(3, ["水稻是粮", "水稻是米"], 0.75),
    Number(2, ["a", "b"], "no run of 2 words in any sample"),
]  # fmt: skip


def test_distinct_falls_with_the_length() -> None:
    """The documented weakness is real: more of the same kind of text has a smaller share."""
    words = [NOISE.choice("abcdefghij") for _ in range(400)]
    short, long = (" ".join(words[:n]) for n in (40, 400))
    part = parts("x", "answer")[0]
    assert distinct_n([Part(short, part.reply)]) > distinct_n([Part(long, part.reply)])
