"""One sentence that sums up a text, behind a demanded opening.

    用一句话总结下面的内容，以“摘要：”开头。
    内容：城市的发展依赖两个方面：交通和住房。交通决定人走得多远，住房决定人过得多好。
      →  摘要：城市的发展依赖两个方面：交通和住房。

The right summary is the text's topic sentence, word for word: a skill that a tiny model can carry
over to texts it has never seen.
"""

from __future__ import annotations

from random import Random

from recipes.tiny.tasks.example import Example, fill
from recipes.tiny.tasks.texts import made_up, passage
from recipes.tiny.world import Lang

_OPENINGS: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "总结", "摘要", "概括", "一句话", "小结", "主旨", "中心", "大意", "核心", "总之",
        "简而言之",
        "重点", "关键", "主要内容", "结果", "观点", "答案", "提要", "说明", "综上", "结语", "论点",
        "核心要点", "要点如下", "本文要点", "最终结论", "结论如下",
        "我的结论", "一句话结论", "主要要点", "要点之一",
    ),
    "en": (
        "Summary", "In short", "Main point", "Gist", "Main idea", "Takeaway", "In a word", "Result",
        "Short version", "Answer", "Overview", "In brief", "Bottom line", "Point", "Key idea",
        "Final word", "Core", "Essence", "Main message", "To sum up", "Closing", "Verdict",
        "Final conclusion", "Main conclusion", "In conclusion", "Key message",
        "Point in short", "Key lesson",
    ),
}  # fmt: skip
_PARTS: dict[Lang, str] = {
    "zh": "结论要点主题中心思想大总核心意义重关键内容本文简短一句话说明提示评语最终",
    "en": "key point conclusion main final short core idea text note first last line brief top",
}
_QUOTES = ("‘{}’", "“{}”", '"{}"', "'{}'", "「{}」")
_ASK: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "请用一句话总结以下内容，并以{q}开头。", "用一句话总结下面的内容，以{q}开头。",
        "请用一句话概括下文，开头写{q}。", "请总结以下内容，只写一句话，并以{q}开头。",
        "以{q}开头，用一句话概括以下内容。", "把下面的文字总结成一句话，必须以{q}开头。",
        "请用一句话总结以下内容，并用{q}开头。", "阅读下文，用一句话总结，以{q}开始。",
    ),
    "en": (
        "Summarize the following in one sentence, and start with {q}.",
        "Sum up the text in one sentence. Start with {q}.",
        "Summarize this text in one sentence, beginning with {q}.",
        "Starting with {q}, sum up the following in one sentence.",
        "Give a one-sentence summary of the following and begin it with {q}.",
        "In one sentence, summarize the text below. Your answer must start with {q}.",
    ),
}  # fmt: skip
_LABELS: dict[Lang, tuple[str, ...]] = {
    "zh": ("\n内容：", "\n内容：", "\n", "\n文章：", "\n原文：", "\n文本："),
    "en": ("\nText: ", "\nText: ", "\n", "\nContent: ", "\nPassage: "),
}


def _opening(rng: Random, lang: Lang) -> str:
    """Draw an opening; many are made up, so that openings are copied, not remembered."""
    colon = "：" if lang == "zh" else ":"
    source = rng.random()
    if source < 0.4:
        return rng.choice(_OPENINGS[lang]) + colon
    if source < 0.6:  # any word of the world will do
        return made_up(rng, lang).capitalize() + colon
    if lang == "zh":
        return "".join(rng.choice(_PARTS["zh"]) for _ in range(rng.randint(2, 4))) + colon
    words = rng.sample(_PARTS["en"].split(), rng.randint(1, 2))
    return " ".join(words).capitalize() + colon


def make(rng: Random, lang: Lang) -> Example:
    """Draw an opening and a text."""
    opening = _opening(rng, lang)
    topic, rest = passage(rng, lang)
    gap = "" if lang == "zh" else " "
    ask = fill(rng, _ASK[lang], q=rng.choice(_QUOTES).format(opening))
    prompt = ask + rng.choice(_LABELS[lang]) + topic + gap + gap.join(rest)
    if lang == "zh":
        thinking = f"开头是“{opening}”，内容的第一句是要点。"
    else:
        thinking = f"The opening is “{opening}”, and the first sentence is the point."
    # both halves count: an opening that is held out, or a text that is, keeps the example out
    return Example("summary", lang, f"{opening}|{topic}", prompt, thinking, opening + gap + topic)


def judge(example: Example, answer: str) -> bool:
    """The opening, then the topic sentence."""
    return answer == example.answer
