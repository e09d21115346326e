"""Examples of `compression_ratio`."""

from __future__ import annotations

from tests.traits.table import Number

TABLE = [
    Number(None, ["a" * 1000, ""], 0.017),
    Number(None, ["", ""], "no text in any sample"),
]  # fmt: skip
