"""Examples of `self_bleu`."""

from __future__ import annotations

import math

from tests.traits.table import Number

TABLE = [
    Number(None, ["a b c d e", "A b c d e"], 1),
    Number(1, ["a b c", "a b d"], 2 / 3),
    Number(2, ["a b c", "a b d"], (2 / 3 * 1 / 2) ** 0.5),
    Number(1, ["a a", "a b"], (1 / 2 + 1 / 2) / 2),
    Number(1, ["a", "a b c d"], (math.e**-3 + 1 / 4) / 2),
    Number(1, ["a b", "c", "a b d"], (1 + 0.1 * math.e**-1 + 2 / 3) / 3),
    Number(1, ["x", "y"], 0.1),
    Number(1, ["a a a b", "a a", "a c"], (2 / 4 + 1 + 1 / 2) / 3),
    Number(4, ["a b", "a b"], 1),
    Number(1, ["a", ""], "fewer than two samples to compare, or one without words"),
    Number(1, ["a"], "fewer than two samples to compare, or one without words"),
]  # fmt: skip

EQUIVALENT = {
    "_two_greatest: count > first → count >= first": "of equal counts it does not matter whose is called the greatest",
}
