"""Examples of `length`."""

from __future__ import annotations

from tests.traits.table import Row

WORDS, SENTENCES = {"unit": "words"}, {"unit": "sentences"}
TABLE = [
    Row(4, " 水稻 好\n", True, "4 characters"),
    Row(1, "水", True, "1 character"),
    Row({"at_most": 4} | WORDS, "水稻是 crop。", True, "4 words"),
    Row({"at_least": 2, "at_most": 3} | SENTENCES, "对。好。", True, "2 sentences"),
    Row({"at_least": 3}, "水稻", False, "2 characters"),
    Row({"at_most": 3} | WORDS, "水稻是 crop。", False),
    Row({"exactly": 2} | SENTENCES, "对", False, "1 sentence"),
    Row(4, "", False, "0 characters"),
]  # fmt: skip
