"""Examples of `loop_share`."""

from __future__ import annotations

from tests.traits.table import Number

LOOP = "水稻是粮食。" * 9
TABLE = [Number(None, [LOOP, "水稻。"], 0.5)]  # fmt: skip
