"""Examples of `number`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

TABLE = [
Row(1000, "共１，０００元", True, "the numbers １，０００", ((1, 6),)),
Row(12.5, "12.50 kg or 25/2 kg", True, "the numbers 12.50, 25/2", ((0, 5), (12, 16))),
Row("3/4", "三分之二或0.75", True, spans=((5, 9),)),
Row("一百二十", "120", True),
Row(5, "从 3 到 7", False, "the numbers 3, 7", ()),
Row(5, "-5", False),
Row("50%", "0.5", True),
Row(0.5, "50 \\% 的人", True, spans=((0, 2),)),
Row(50, "百分之五十", True),
Row("50%", "50", True),
Row("50%", "5", False),
Row(5, "没有", False, "no number", ()),
]  # fmt: skip


def test_a_number_is_asked_for() -> None:
    """What has no value cannot be looked for by value."""
    with pytest.raises(BadArguments, match="number with a number such as"):
        bind("number", "many")
