"""Examples of `thinking_tokens`."""

from __future__ import annotations

from tests.traits.table import Row

TABLE = [
Row({"at_most": 64}, "", True, "64 tokens of thinking", reply={"n_thinking_tokens": 64}),
Row({"at_least": 1}, "", True, "1 token of thinking", reply={"n_thinking_tokens": 1}),
Row(2, "", True, "2 words of thinking", reply={"thinking": "水稻"}),
Row({"at_most": 64}, "", False, "65 tokens of thinking", reply={"n_thinking_tokens": 65, "thinking": "水稻"}),
Row({"at_least": 1}, "", False, "0 tokens of thinking", reply={"thinking": ""}),
Row({"at_least": 1}, "", False, "0 tokens of thinking"),
]  # fmt: skip
