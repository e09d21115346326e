"""Examples of `cohesion`."""

from __future__ import annotations

from tests.traits.table import Number

TABLE = [
    Number(None, ["Rice needs water. RICE needs sun."], 2 / 3),
    Number(None, ["水稻长。水稻高。", "一句话。"], 0.5),
    Number(None, ["Rice. Sun.", "The rice is a plant. It is a plant."], (0 + 0.5**0.5) / 2),
    Number(None, ["Rice grows."], "no sample with two sentences"),
    Number(None, ["的的。的的。"], 0),
]  # fmt: skip
