"""Examples of `mixes_languages`."""

from __future__ import annotations

from tests.traits.table import Row

TABLE = [
Row(None, "这个 problem 很 important。", True, "2 words of another script: 'problem', 'important'", ((3, 10), (13, 22))),
Row(None, "It is 非常 good and 美味 too.", True, "2 words of another script: '非常', '美味'"),
Row(1, "It is 非常 good.", True, "1 word of another script: '非常'"),
Row(2, "水稻 grows grows well 也好", True, spans=((3, 8), (9, 14), (15, 19))),
Row(1, "水稻是 foo", True),
Row(1, "两种作物 rice maize", True),
Row(1, "水稻 rice maize", True, "2 words of another script: 'rice', 'maize'"),
Row(2, "水稻 grows grows", False, "1 word of another script: 'grows'"),
Row(1, "水稻是 ok 的，PyTorch 和 GPU 也是。", False, "no words of another script", ()),
Row(1, "作物（attention model）用 `import torch` 和 “rice paper”", False),
Row(1, "It is called 水稻 there.", False, prompt="What is 水稻?"),
Row(1, "水稻叫 rice。", False, prompt="水稻和 RICE"),
Row(1, "Rice is a crop.", False),
Row(1, "", False),
]  # fmt: skip
