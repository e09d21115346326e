"""Examples of `truncated_share`."""

from __future__ import annotations

from tests.traits.table import Number

TABLE = [
    Number(None, ["a", "b"], 1, reply={"finish": "length"}),
    Number(None, ["a", "b"], 0),
]  # fmt: skip
