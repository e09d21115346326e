"""Examples of `pairwise_similarity`."""

from __future__ import annotations

from tests.traits.table import Number

TABLE = [
    Number(None, ["one two three", "One two four"], 0.5),
    Number(None, ["a", "a", "b"], 1 / 3),
    Number(None, ["", ""], 1),
    Number(None, ["a b", "b a"], 0),
    Number(None, ["a"], "fewer than two samples to compare"),
]  # fmt: skip
