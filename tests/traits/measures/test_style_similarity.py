"""Examples of `style_similarity`."""

from __future__ import annotations

from tests.traits.table import Number

POEM = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。"
PROSE = "Rice grows in water, and it is the food of half the world. It needs sun."
TABLE = [
    Number(None, [PROSE], 1, PROSE),
    Number(None, [PROSE], 0, POEM * 2),
    Number(None, ["a" * 50, "b" * 50], 0.5, "a" * 50),
    Number(None, ["a" * 49], "fewer than 50 characters in the prompt or in a sample", "a" * 50),
    Number(None, ["a" * 50], "fewer than 50 characters in the prompt or in a sample", "a" * 49),
]  # fmt: skip
