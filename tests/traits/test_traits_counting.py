"""Examples of `length` and `sentences`, and of the text helpers below them."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from pytest_qwen.traits.text import sentences, words
from tests.traits.table import Row

WORDS, SENTENCES = {"unit": "words"}, {"unit": "sentences"}
TABLES = {
    "length": [
        Row(4, " 水稻 好\n", True, "4 characters"),
        Row(1, "水", True, "1 character"),
        Row({"at_most": 4} | WORDS, "水稻是 crop。", True, "4 words"),
        Row({"at_least": 2, "at_most": 3} | SENTENCES, "对。好。", True, "2 sentences"),
        Row({"at_least": 3}, "水稻", False, "2 characters"),
        Row({"at_most": 3} | WORDS, "水稻是 crop。", False),
        Row({"exactly": 2} | SENTENCES, "对", False, "1 sentence"),
        Row(4, "", False, "0 characters"),
    ],
    "sentences": [
        Row(2, "你好！今天是3.14。", True, "2 sentences", ((0, 3), (3, 11))),
        Row({"at_least": 2, "at_most": 3}, "One. Two. Three.", True),
        Row({"at_most": 0}, "…", True, "0 sentences", ()),
        Row({"at_least": 1}, "没有句号", True, "1 sentence"),
        Row(1, "一。二。", False),
        Row({"at_least": 3}, "一。二。", False),
        Row({"at_most": 1}, "一。二。", False),
    ],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("水稻是粮食。小麦也是！对吗？", 3),
        ("圆周率约为3.14159。", 1),
        ("He paid $3.50 to Dr. Smith, e.g. in cash. J. K. Rowling did not.", 2),
        ("We met at 5 p.m. and left.", 1),
        ("the rice grows... it is green. dr. who eats it!", 3),
        ("等等……我想想。", 1),
        ("Wait... what? No... Never.", 3),
        ("真的？！太好了。", 2),
        ("他说：“你好。”然后走了。", 1),
        ("“今天很好。”“是的。”", 2),
        ('"Stop!" he said. "Why?" she asked.', 2),
        ('She said "no." He left.', 2),
        ("- 水稻\n- 小麦\n---\n", 2),
        ("1. 早稻。\n2. 晚稻。", 2),
        ("## 标题\n正文。", 2),
        ("42.", 1),
        ("水稻（Oryza sativa L.）是粮食。（见下。）它很重要。", 2),
        ("**重点。**其次。", 2),
        ("Yes!好的.对", 3),
        ("It is v1.2.3 of a.b.", 1),
        (" \n。。。\n", 0),
    ],
)  # fmt: skip
def test_sentences(text: str, expected: int) -> None:
    """Sentences are counted as a reader counts them, in Chinese and in English."""
    assert len(sentences(text)) == expected, [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("水稻", 2),
        ("用 PyTorch 2.1 训练模型。", 7),
        ("don't co-op 1,000 3.14", 4),
        ("नमस्ते दुनिया", 2),
        ("カタカナ", 4),
        ("、。!", 0),
    ],
)
def test_words(text: str, expected: int) -> None:
    """A Han or kana character is a word, and so is what stands between spaces elsewhere."""
    assert len(words(text)) == expected


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (None, "with exactly, at_least or at_most, got"),
        ({"at_least": -1}, "bounds from 0 up"),
        ({"exactly": 1, "at_most": 2}, "exactly or other bounds"),
        ({"at_least": 3, "at_most": 2}, "at_least no greater"),
    ],
)
@pytest.mark.parametrize("trait", ["length", "sentences", "bullets"])
def test_bounds_that_make_no_sense_are_refused(trait: str, args: Any, expected: str) -> None:
    """A count that everything or nothing keeps is an error of the spec."""
    with pytest.raises(BadArguments, match=expected):
        bind(trait, args)


def test_equal_bounds_are_allowed() -> None:
    """at_least and at_most may meet, and zero is a count."""
    assert bind("length", {"at_least": 0, "at_most": 0})
