"""Sentences and words, as readers count them."""

from __future__ import annotations

import pytest

from pytest_qwen.traits.text import sentences, words


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
