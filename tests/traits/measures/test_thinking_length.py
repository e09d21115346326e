"""Examples of `thinking_length`."""

from __future__ import annotations

from tests.traits.table import Number

TABLE = [
    Number(None, ["", ""], 7, reply={"n_thinking_tokens": 7}),
    Number(None, ["水稻", "a b c d"], 3),
    Number(None, [""], 0),
]  # fmt: skip
