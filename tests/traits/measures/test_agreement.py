"""Examples of `agreement`."""

from __future__ import annotations

from tests.traits.table import Number

TABLE = [
    Number(None, ["14", "So it is 14.0.", "3", "It is fourteen."], 0.75),
    Number(None, ["Paris.", " paris", "Lyon"], 2 / 3),
    Number(None, ["9.11比9.8小。", "9.11"], 1, "哪个更小？"),
]  # fmt: skip
