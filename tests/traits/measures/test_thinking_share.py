"""Examples of `thinking_share`."""

from __future__ import annotations

from tests.traits.table import Number

TABLE = [
    Number(None, ["x"], 0.75, reply={"thinking": "a b c", "answer": "d"}),
    Number(None, ["x"], "no words in any sample", reply={"thinking": "", "answer": ""}),
]  # fmt: skip
