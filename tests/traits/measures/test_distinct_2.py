"""Examples of `distinct_2`."""

from __future__ import annotations

from tests.traits.table import Number

TABLE = [Number(None, ["a b a b"], 2 / 3)]  # fmt: skip
