"""Examples of `language`."""

from __future__ import annotations

from tests.core.table import Row

TABLES = {
    "language": [
        Row("zh", "用 PyTorch 训练一个小模型。", True, "zh for 89% of 9 words"),
        Row(
            "zh",
            "见 https://example.org/a 和 `import torch as t`：\n```py\nprint('hello world')\n```",
            True,
        ),
        Row("zh", "面积 $S = \\pi r^2$，其中 r 是半径。", True),
        Row({"expected": "zh", "share": 0.5}, "水稻 rice", True, "zh for 67% of 3 words"),
        Row({"expected": "en", "share": 0.5}, "水稻 big rice", True, "en for 50% of 4 words"),
        Row("en", "Rice is a grain, 水稻 in Chinese, and it is the food of many.", True),
        Row("en", "OK", True),
        Row("en", "Goodbye, have a nice day.", True),
        Row("fr", "OK", True),
        Row("fr", "Le riz est une céréale et il pousse dans les champs.", True),
        Row("de", "Der Reis ist ein Getreide und wächst auf dem Feld.", True),
        Row("ja", "お米は日本の主食です。", True),
        Row("ko", "쌀은 곡물입니다.", True),
        Row("ru", "Рис — это зерно.", True),
        Row("hi", "चावल एक अनाज है।", True),
        Row("zh", "店名用了一个の字而已", True),
        Row("zh", "Rice is a grain, 水稻.", False, "en for 67% of 6 words"),
        Row("zh", "水稻 rice", False, "zh for 67% of 3 words"),
        Row("zh", "お米は日本の主食です。", False),
        Row("ja", "水稻是粮食。", False),
        Row("ja", "这个字「の」在中文广告里很常见。", False),
        Row("en", "Le riz est une céréale et il pousse dans les champs.", False),
        Row("en", "LE RIZ EST LA VIE", False),
        Row("zh", "OK", False, "en for 100% of 1 words"),
        Row("zh", "3.14 + 2 = 5.14", False, "no words in any language"),
        Row("zh", "", False),
    ],
}
