"""A request that does not say what it is about: ask back, briefly.

麻烦你把那个弄一下。  →  请问您说的“那个”是指什么？需要我怎么处理？
"""

from __future__ import annotations

from random import Random

from recipes.tiny.tasks.example import Example
from recipes.tiny.world import Lang

_VAGUE: dict[Lang, tuple[str, ...]] = {
    "zh": ("那个", "那个东西", "它", "这个", "这个东西", "那些", "那件事", "上次那个", "那份东西",
    "这些"),
    "en": ("it", "that", "that thing", "this", "the thing", "those things", "that one",
    "the other one",
           "this one", "these", "the stuff", "that stuff"),
}  # fmt: skip
_ZH_OPEN = ("", "", "请", "帮我", "请帮我", "麻烦你", "能不能帮我", "你帮我", "快")
_ZH_DO = (
    "整理",
    "弄",
    "改",
    "修",
    "处理",
    "准备",
    "检查",
    "收拾",
    "完成",
    "换",
    "发",
    "做",
    "调整",
    "优化",
)
_ZH_AFTER = ("一下", "好", "好一点", "完", "一遍", "得好看一点", "一改")
_ZH_TAIL = (
    "", "", "，谢谢", "，明天要用", "，我急着要", "，越快越好", "，下午要交", "，后天用",
    "，今天就要",
    "，麻烦了", "，老师要看", "，明天开会要用",
)  # fmt: skip
_EN_OPEN = ("Please ", "Can you ", "Could you ", "Help me ", "", "Would you ", "I want you to ")
_EN_DO = (
    "fix", "sort out", "change", "finish", "send", "tidy up", "prepare", "redo", "improve",
    "clean up",
    "print", "move", "check", "handle", "update", "edit", "deal with", "take care of",
)  # fmt: skip
_EN_AFTER = (
    "",
    "",
    " for me",
    " a bit",
    " again",
    " quickly",
    " a little",
    " properly",
    " for me again",
)
_EN_TAIL = (
    "", "", ", thanks", ". Thanks", ", I need it tomorrow", ", it is urgent", " by tomorrow",
    " today",
    ", I need it soon", ". I need it by Friday", " before the meeting", ", please",
)  # fmt: skip


def make(rng: Random, lang: Lang) -> Example:
    """Draw a request with a vague object."""
    vague = rng.choice(_VAGUE[lang])
    prompt = _zh(rng, vague) if lang == "zh" else _en(rng, vague)
    if lang == "zh":
        thinking = f"用户没有说清楚“{vague}”是什么，需要先问清楚。"
        answer = rng.choice(
            (f"请问您说的“{vague}”是指什么？", f"请问“{vague}”具体是指什么？")
        ) + rng.choice(("需要我怎么处理？", "", "您希望我怎么做？"))
    else:
        thinking = f"The user does not say what “{vague}” is. I should ask first."
        answer = f"What do you mean by “{vague}”?" + rng.choice(
            (" Please tell me more.", "", " What would you like me to do?")
        )
    return Example("asking", lang, prompt, prompt, thinking, answer)


def _zh(rng: Random, vague: str) -> str:
    do, after = rng.choice(_ZH_DO), rng.choice(_ZH_AFTER)
    core = f"{do}一下{vague}" if rng.random() < 0.35 else f"把{vague}{do}{after}"
    return rng.choice(_ZH_OPEN) + core + rng.choice(_ZH_TAIL) + rng.choice(("。", "。", "！", ""))


def _en(rng: Random, vague: str) -> str:
    opening, tail = rng.choice(_EN_OPEN), rng.choice(_EN_TAIL)
    text = f"{opening}{rng.choice(_EN_DO)} {vague}{rng.choice(_EN_AFTER)}"
    if opening in ("Can you ", "Could you ", "Would you "):
        sentence, _, more = tail.partition(". ")  # the question mark ends the first sentence
        text += sentence + "?" + (f" {more}." if more else "")
    else:
        text += tail + "."
    return text[0].upper() + text[1:]


def judge(_example: Example, answer: str) -> bool:
    """A short reply that asks something."""
    return ("？" in answer or "?" in answer) and len(answer) <= 120 and "\n" not in answer
