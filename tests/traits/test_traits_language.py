"""Examples of `same_language` and `mixes_languages`."""

from __future__ import annotations

from tests.traits.table import Row

TABLES = {
    "same_language": [
        Row(None, "水稻是一种粮食。", True, "zh for 100% of 7 words, the prompt is in zh", (), "水稻是什么？"),
        Row(None, "Rice is a crop.", True, prompt="What is rice, and how is it eaten?"),
        Row(None, "Le riz est une plante et il pousse.", True, prompt="Où est le riz et que fait-il dans le champ ?"),
        Row(0.5, "水稻 rice", True, prompt="水稻？"),
        Row(None, "Rice is a crop.", False, "en for 100% of 4 words, the prompt is in zh", (), "水稻是什么？"),
        Row(None, "水稻是一种粮食。", False, prompt="What is rice?"),
        Row(None, "水稻 rice", False, prompt="水稻？"),
        Row(None, "水稻。", False, "no words in the prompt in any language", (), "2 + 2 = ?"),
    ],
    "mixes_languages": [
        Row(None, "这个 problem 很 important。", True, "2 words of another script: 'problem', 'important'", ((3, 10), (13, 22))),
        Row(None, "It is 非常 good and 美味 too.", True, "2 words of another script: '非常', '美味'"),
        Row(1, "It is 非常 good.", True, "1 word of another script: '非常'"),
        Row(2, "水稻 grows grows well 也好", True, spans=((3, 8), (9, 14), (15, 19))),
        Row(1, "水稻是 foo", True),
        Row(1, "两种作物 rice maize", True),
        Row(1, "水稻 rice maize", True, "2 words of another script: 'rice', 'maize'"),
        Row(2, "水稻 grows grows", False, "1 word of another script: 'grows'"),
        Row(1, "水稻是 ok 的，PyTorch 和 GPU 也是。", False, "0 words of another script", ()),
        Row(1, "作物（attention model）用 `import torch` 和 “rice paper”", False),
        Row(1, "It is called 水稻 there.", False, prompt="What is 水稻?"),
        Row(1, "水稻叫 rice。", False, prompt="水稻和 RICE"),
        Row(1, "Rice is a crop.", False),
        Row(1, "", False),
    ],
}  # fmt: skip
