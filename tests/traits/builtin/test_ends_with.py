"""Examples of `ends_with`."""

from __future__ import annotations

from tests.traits.table import Row

TABLE = [
    Row("完毕。", "回答完毕。", True, "'完毕。' at the end", ((2, 5),)),
    Row("done.", "All done. \n", True, spans=((4, 9),)),
    Row("完毕。", "回答完毕。谢谢", False, "'。谢谢' at the end", ((4, 7),)),
    Row("done.", "done", False, spans=((0, 4),)),
    Row("done.", "", False, spans=((0, 0),)),
]  # fmt: skip
