"""Examples of `same_language`."""

from __future__ import annotations

from tests.traits.table import Row

TABLE = [
Row(None, "水稻是一种粮食。", True, "zh for 100% of 7 words, the prompt is in zh", (), "水稻是什么？"),
Row(None, "Rice is a crop.", True, prompt="What is rice, and how is it eaten?"),
Row(None, "Le riz est une plante et il pousse.", True, prompt="Où est le riz et que fait-il dans le champ ?"),
Row(0.5, "水稻 rice", True, prompt="水稻？"),
Row(None, "Rice is a crop.", False, "en for 100% of 4 words, the prompt is in zh", (), "水稻是什么？"),
Row(None, "水稻是一种粮食。", False, prompt="What is rice?"),
Row(None, "水稻 rice", False, prompt="水稻？"),
Row(None, "水稻。", False, "no words of a known language in the prompt", (), "2 + 2 = ?"),
]  # fmt: skip
