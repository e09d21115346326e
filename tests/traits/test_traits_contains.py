"""Examples of `contains`, `regex` and `repeats_prompt`."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row

RIVER = "请介绍一下长江的长度和流域面积"
TABLES = {
    "contains": [
        Row("水稻", "种水稻。", True, "'水稻' in it", ((1, 3),)),
        Row(["水稻", "小麦"], "水稻和小麦", True, "'水稻' and '小麦' in it", ((0, 2), (3, 5))),
        Row({"substrings": "RICE", "ignore_case": True}, "Rice grows.", True, spans=((0, 4),)),
        Row("a.c", "a.c", True),
        Row(["水稻", "玉米", "大豆"], "水稻", False, "text without '玉米' and '大豆'", ((0, 2),)),
        Row("RICE", "Rice grows.", False),
        Row("a.c", "abc", False),
        Row("x", "", False, "text without 'x'", ()),
    ],
    "contains_any": [
        Row(["玉米", "水稻"], "种水稻。", True, "'水稻' in it", ((1, 3),)),
        Row(["水稻", "小麦"], "小麦和水稻", True, "'水稻' and '小麦' in it", ((3, 5), (0, 2))),
        Row({"substrings": ["RICE", "x"], "ignore_case": True}, "Rice grows.", True, "'Rice' in it", ((0, 4),)),
        Row(["a.c"], "abc", False),
        Row(["RICE"], "Rice grows.", False),
        Row(["玉米", "大豆"], "水稻", False, "text without '玉米' or '大豆'", ()),
    ],
    "regex": [
        Row(r"\d+周", "共12周。", True, "a match, '12周'", ((1, 4),)),
        Row("^好$", "好", True),
        Row(r"(?i)yes", "YES", True),
        Row("水", "\ud800水", True, spans=((1, 2),)),
        Row("^好$", "好的", False, "no match in '好的'", ()),
        Row("(a|aa)+$", "a" * 5000 + "b", False),
    ],
    "repeats_prompt": [
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
    ],
}  # fmt: skip


@pytest.mark.parametrize("pattern", ["(?=x)", r"(a)\1", "(", "a{1000}{1000}"])
def test_patterns_that_re2_cannot_run_are_refused(pattern: str) -> None:
    """A pattern that could take for ever is an error of the spec, not of the run."""
    with pytest.raises(BadArguments, match="a regular expression of RE2"):
        bind("regex", pattern)


@pytest.mark.parametrize("substrings", ["", [], ["a", ""]])
def test_nothing_to_look_for_is_refused(substrings: object) -> None:
    """An empty substring would be in every text."""
    with pytest.raises(BadArguments, match="contains with some text to look for"):
        bind("contains", substrings)
    if isinstance(substrings, list):
        with pytest.raises(BadArguments, match="contains_any with some text to look for"):
            bind("contains_any", substrings)
