"""Examples of `repeats_prompt`."""

from __future__ import annotations

from tests.traits.table import Row

RIVER = "请介绍一下长江的长度和流域面积"
TABLE = [
    Row(None, RIVER + "。长江长六千三百公里。", True, "100% of the prompt repeated", ((0, 15),), RIVER),
    Row(None, "Say: one two three four", True, "100% of the prompt repeated", ((5, 23),), "One Two Three Four"),
    Row(None, "WHAT is the Capital of France? Paris.", True, prompt="what is the capital of France"),
    Row(None, "你好", True, "100% of the prompt repeated", ((0, 2),), "你好"),
    Row({"share": 0.4}, "one two three four five", True, "40% of the prompt repeated", ((0, 18),),
        "zero one two three four nine eight seven six ten"),
    Row(0.5, "b c d e", True, prompt="a b c d e f g h"),
    Row(0.6, "b c d e", False, "50% of the prompt repeated", prompt="a b c d e f g h"),
    Row(None, "长江长六千三百公里。", False, "0% of the prompt repeated", (), RIVER),
    Row(None, "b c d", False, "0% of the prompt repeated", prompt="a b c d e"),
    Row(None, "您好", False, prompt="你好"),
    Row(None, "anything", False, "no words in the prompt to repeat", (), "?!"),
]  # fmt: skip
