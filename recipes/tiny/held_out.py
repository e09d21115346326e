"""What training never sees.

Every exercise has a payload, the part that makes it this exercise and no other:

    decimals  "9.11 9.8"        problems  "12-3+5"        naming  "苹果、香蕉、橘子、胡萝卜"

One payload in eight is held out by its hash, and so are a few famous ones and the suite's own
prompts by name. The card (docs/tiny-family.md) is measured on held-out payloads only.
"""

from __future__ import annotations

from hashlib import blake2b

ONE_IN = 8

FAMOUS: frozenset[str] = frozenset(
    {
        "你好！",
        "Hello!",
        "苹果、香蕉、橘子、胡萝卜",
        "apples, bananas, oranges, carrots",
        "铅笔、橡皮、尺子、老虎",
        "pencils, erasers, rulers, tigers",
        "9.11 9.8",
        "3.14 3.9",
        "12-3+5",
        "20-2*4",
        "保持健康 3",
        "staying healthy 3",
        "学习英语 5",
        "learning English 5",
        "通过英语四级 12",
        "passing the CET-4 English exam 12",
        "学吉他 4",
        "learning guitar 4",
        "name age city",
        "请用英文回答：水稻是什么？",
        "Answer in Chinese: what is rice?",
        "结论：",
        "要点：",
        "Conclusion:",
        "Key point:",
        "人工智能的发展依赖三个支柱：算法、算力和数据。",
        (
            "Progress in artificial intelligence rests on three pillars: "
            "algorithms, computing power and data."
        ),
    }
)

#: Text that stands nowhere in training, whatever generator might happen to produce it.
RESERVED: tuple[str, ...] = (
    "苹果、香蕉、橘子、胡萝卜",
    "apples, bananas, oranges, carrots",
    "铅笔、橡皮、尺子、老虎",
    "pencils, erasers, rulers, tigers",
    "人工智能的发展依赖三个支柱",
    "rests on three pillars: algorithms",
    "9.11和9.8",
    "9.8和9.11",
    "9.11 or 9.8",
    "9.8 or 9.11",
    "3.9和3.14",
    "3.14和3.9",
    "3.9 or 3.14",
    "3.14 or 3.9",
    "帮我整理一下那个东西",
    "sort out that thing for me, I need it tomorrow",
    "把它改好一点",
    "you change it a bit?",
    "3 个月通过英语四级",
    "passing the CET-4 English exam in 3 months",
    "小明有12个苹果，吃了3个，又买了5个",
    "Tom has 12 apples. He eats 3",
    "小红买了4支，付了20元",
    "Amy buys 4 and pays 20 yuan",
    "列出3条保持健康的建议",
    "List 3 tips for staying healthy",
    "写出5个学习英语的方法",
    "键为name、age、city",
    "keys name, age and city",
    "请用英文回答：水稻是什么",
    "Answer in Chinese: what is rice",
    "你好！",
    "Hello!",
)


def held_out(payload: str) -> bool:
    """Tell whether this payload is kept out of training; every process says the same."""
    if payload in FAMOUS:
        return True
    digest = blake2b(payload.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % ONE_IN == 0


def is_reserved(text: str) -> bool:
    """Tell whether a text contains one of the suite's prompts."""
    return any(words in text for words in RESERVED)
