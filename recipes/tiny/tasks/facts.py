"""What a thing is, in the user's language or in the language demanded.

请用英文回答：小麦是什么？  →  Wheat is a grain that flour is made from.
用一句话介绍大象。          →  大象是一种鼻子很长的动物。
"""

from __future__ import annotations

from random import Random

from recipes.tiny.tasks.example import Example, fill
from recipes.tiny.world import FACTS, KINDS, Lang

_ASK: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "用一句话介绍{x}。", "{x}是什么？", "什么是{x}？", "请介绍一下{x}。", "请用一句话介绍{x}。",
        "告诉我{x}是什么。",
        "简单说说{x}。", "你知道{x}是什么吗？", "用一句话说明{x}是什么。",
    ),
    "en": (
        "What is {x}?", "Describe {x} in one sentence.", "Tell me what {x} is.",
        "In one sentence, what is {x}?",
        "Please describe {x}.", "Can you tell me what {x} is?", "Explain {x} in one sentence.",
    ),
}  # fmt: skip
_OTHER: dict[Lang, tuple[str, ...]] = {  # by the language of the question
    "zh": (
        "请用英文回答：{x}是什么？", "用英文回答：什么是{x}？", "请用英语回答：{x}是什么？",
        "{x}是什么？请用英文回答。",
        "用英文介绍{x}。", "请用英语一句话介绍{x}。", "什么是{x}？用英语回答。",
    ),
    "en": (
        "Answer in Chinese: what is {x}?", "What is {x}? Answer in Chinese.",
        "In Chinese, tell me what {x} is.",
        "Please answer in Chinese: what is {x}?", "Describe {x} in Chinese.",
        "Use Chinese: what is {x}?",
    ),
}  # fmt: skip
_SYSTEM: dict[Lang, tuple[str, ...]] = {  # by the language of the answer
    "zh": ("请用中文回答。", "Answer in Chinese.", "你只用中文回答。"),
    "en": ("Answer in English.", "请用英文回答。", "Always answer in English."),
}
_TRANSLATE: dict[Lang, tuple[str, ...]] = {
    "zh": ("“{x}”用英文怎么说？", "把“{x}”翻译成英文。", "请把“{x}”翻译成英文，谢谢。",
    "帮我翻译成英文：{x}"),
    "en": ("How do you say “{x}” in Chinese?", "Translate “{x}” into Chinese.",
    "Please translate “{x}” into Chinese, thanks."),
}  # fmt: skip


def make(rng: Random, lang: Lang) -> Example:
    """Draw a question about a thing, to be answered in its own language."""
    fact = rng.choice(FACTS)
    name, answer = fact.name.in_(lang), fact.sentence.in_(lang)
    thinking = f"用户想知道{name}是什么。" if lang == "zh" else f"The user asks what {name} is."
    prompt = fill(rng, _ASK[lang], x=name)
    return Example("facts", lang, f"{prompt}", prompt, thinking, answer)


def make_other(rng: Random, lang: Lang) -> Example:
    """Draw a question in `lang` that demands the other language, in the text or by the system."""
    fact = rng.choice(FACTS)
    target: Lang = "en" if lang == "zh" else "zh"
    name, answer = fact.name.in_(lang), fact.sentence.in_(target)
    if lang == "zh":
        thinking = f"用户要求用英文回答，{name}是{fact.name.en}。"
    else:
        thinking = f"The user wants Chinese, and {name} is {fact.name.zh}."
    if rng.random() < 0.15:
        system, prompt = rng.choice(_SYSTEM[target]), fill(rng, _ASK[lang], x=name)
        return Example("language", lang, prompt, prompt, thinking, answer, system=system)
    prompt = fill(rng, _OTHER[lang], x=name)
    return Example("language", lang, prompt, prompt, thinking, answer)


def make_translation(rng: Random, lang: Lang) -> Example:
    """Draw a word to translate: a request that is clear although it is short."""
    thing = rng.choice(KINDS[rng.choice(list(KINDS))])
    word = thing if rng.random() < 0.6 else rng.choice(FACTS).name
    name, answer = (word.zh, word.en) if lang == "zh" else (word.en, word.zh)
    thinking = f"要把{name}译成英文。" if lang == "zh" else f"I translate {name} into Chinese."
    prompt = fill(rng, _TRANSLATE[lang], x=name)
    return Example("translation", lang, prompt, prompt, thinking, answer)


def judge(example: Example, answer: str) -> bool:
    """The sentence that is known of the thing, in the right language."""
    return answer == example.answer
