"""Examples of `relevance`."""

from __future__ import annotations

from tests.traits.table import Number

TABLE = [
    Number(None, ["水稻，水稻"], 0.5**0.5, "水稻和小麦？"),
    Number(None, ["Rice", "sun"], 0.5, "rice"),
    Number(None, ["the"], 0, "rice"),
    Number(None, ["rice"], "no content words in the prompt", "the of"),
]  # fmt: skip
