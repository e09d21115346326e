"""Examples of `chooses`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

TABLE = [
    Row("B", r"A? So \boxed{B}. The answer is A.", True, "the option B", ((13, 14),)),
    Row("B", r"\boxed{A} \boxed{\text{B}}", True),
    Row("B", "The ANSWER is A. No, the answer is **(B)**.", True, spans=((38, 39),)),
    Row("B", "A 是首都，C 不是，所以应选（Ｂ）。", True, spans=((16, 17),)),
    Row("B", "答案：B. A hat", True),
    Row("B", "The answer is B because A is a fruit.", True),
    Row("C", "正确选项是 C", True),
    Row("C", "选C，不选 A。", True),
    Row("C", "The answer is C, not option A. I choose not A.", True),
    Row("B", "B. 北京", True, spans=((0, 1),)),
    Row("B", "（B）北京是首都，A 不是", True),
    Row("B", "B", True),
    Row("B", "Let me think of A and C.\n**B**\n", True, spans=((27, 28),)),
    Row("A", "The answer is B.", False, "the option B", ((14, 15),)),
    Row("A", "A bee is an insect.", False, "no option chosen in 'A bee is an insect.'", ()),
    Row("A", "答案是 AB 型", False),
    Row("B", "answer: Beijing", False),
    Row("B", "b", False),
    Row("B", "不选 B。", False),
    Row("B", "The answer is not B.", False),
]  # fmt: skip


@pytest.mark.parametrize("value", ["b", "AB"])
def test_an_option_is_a_capital_letter(value: str) -> None:
    """What no reply can choose is refused when it is written."""
    with pytest.raises(BadArguments, match="a capital letter such as B"):
        bind("chooses", value)
