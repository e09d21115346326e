"""Examples of `answer_length`."""

from __future__ import annotations

from tests.traits.table import Number

TABLE = [
    Number(None, ["水稻。", "Rice grows. Good!"], 2.5),
    Number("characters", [" ab ", "abcd"], 3),
    Number("sentences", ["One. Two.", "One."], 1.5),
]  # fmt: skip
