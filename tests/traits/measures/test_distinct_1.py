"""Examples of `distinct_1`."""

from __future__ import annotations

from tests.traits.table import Number

TABLE = [Number(None, ["a a b"], 2 / 3)]  # fmt: skip
