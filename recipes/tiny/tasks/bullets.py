"""A demanded number of tips, each on a line of its own that starts with "- ".

列出2条节约用水的建议，每条以“- ”开头。  →  - 随手关水龙头
                                           - 用盆洗菜
"""

# ruff: noqa: E501 - tables of words read best one row a line

from __future__ import annotations

from random import Random
from typing import NamedTuple

from recipes.tiny.tasks.example import Example, fill
from recipes.tiny.world import KINDS, Lang, Word, table

_TOPICS = """
保持健康|staying healthy|stay healthy: 多喝水 drink more water, 早睡早起 go to bed early, 多吃蔬菜 eat more vegetables, 每天运动 exercise every day, 少吃糖 eat less sugar, 保持好心情 stay cheerful, 定期体检 see a doctor regularly
学习英语|learning English|learn English: 每天背单词 learn words every day, 多听英语歌 listen to English songs, 看英语电影 watch English films, 读英语故事 read English stories, 和朋友说英语 speak English with friends, 写英语日记 keep an English diary, 复习语法 review grammar
节约用水|saving water|save water: 随手关水龙头 turn off the tap, 用盆洗菜 wash vegetables in a bowl, 缩短洗澡时间 take shorter showers, 收集雨水 collect rain water, 修好漏水的水管 repair leaking pipes, 用洗菜水浇花 water plants with used water
节约用电|saving power|save power: 随手关灯 turn off the lights, 拔掉插头 unplug machines, 少用空调 use less air conditioning, 多用自然光 use daylight, 换节能灯 use better bulbs, 少开冰箱门 open the fridge less often
提高写作|better writing|write better: 多读好书 read good books, 每天写一段 write a little every day, 先列提纲 make an outline first, 用短句子 use short sentences, 大声朗读 read your text aloud, 多修改 revise often
旅行准备|preparing for a trip|prepare for a trip: 带好证件 take your papers, 查看天气 check the weather, 提前订酒店 book a hotel early, 准备药品 pack some medicine, 少带行李 pack light, 充满手机电 charge your phone
保护环境|protecting nature|protect nature: 多种树 plant trees, 少用塑料袋 use fewer plastic bags, 垃圾分类 sort your rubbish, 多坐公交车 take the bus, 不乱扔垃圾 do not litter, 爱护动物 care for animals
学习数学|learning maths|learn maths: 理解概念 understand the ideas, 多做练习 do many exercises, 记录错题 note your mistakes, 画图帮助思考 draw a picture, 及时提问 ask questions, 检查答案 check your answers
睡个好觉|sleeping well|sleep well: 按时睡觉 keep regular hours, 睡前不看手机 put the phone away, 少喝咖啡 drink less coffee, 保持房间安静 keep the room quiet, 晚饭少吃 eat a light dinner, 睡前洗热水澡 take a warm bath
管理时间|managing time|manage time: 列出清单 make a list, 先做重要的事 do important things first, 定好时间 set a time limit, 减少干扰 avoid distractions, 按时休息 take breaks, 晚上做总结 review your day
养花|growing flowers|grow flowers: 按时浇水 water regularly, 多晒太阳 give them sunlight, 选好土 choose good soil, 剪掉枯叶 cut dead leaves, 适量施肥 add some fertilizer, 换大花盆 use a bigger pot
交朋友|making friends|make friends: 主动打招呼 say hi first, 认真听别人说话 listen carefully, 常常微笑 smile often, 帮助别人 help others, 一起运动 play sports together, 遵守约定 keep your promises
"""
_ASK: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "列出{n}条{t}的建议，每条以“- ”开头。", "写出{n}个{t}的方法，每条以“- ”开头。",
        "请给出{n}条{t}的建议，每行以“- ”开头。",
        "用{n}个要点说明如何{t}，每条以“- ”开头。", "请列出{n}个{t}的方法，每行用“- ”开头。",
        "如何{t}？写{n}条，每条以‘- ’开头。",
        "给我{n}条{t}的建议，以“- ”开头，一行一条。",
    ),
    "en": (
        'List {n} tips for {t}, each on its own line starting with "- ".', 'Give {n} tips for {t}. Start each line with "- ".',
        'Write {n} ways to {v}, each on its own line starting with "- ".', 'Write {n} tips for {t}, each line starting with "- ".',
        'How can I {v}? Give {n} tips, each on its own line starting with "- ".', 'Name {n} ideas for {t}, each line beginning with "- ".',
        "Give me {n} bullet points about {t}, each starting with '- '.",
        'I need {n} tips for {t}, one on each line, starting with "- ".',
    ),
}  # fmt: skip
_ASK_KIND: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "列出{n}种{t}，每条以“- ”开头。", "写出{n}个属于{t}的词，每行以“- ”开头。", "请列出{n}种{t}，每行一个，以“- ”开头。",
    ),
    "en": (
        'List {n} words for {t}, each on its own line starting with "- ".',
        'Name {n} things that are {t}, each line starting with "- ".', 'Write {n} kinds of {t}. Start each line with "- ".',
    ),
}  # fmt: skip


class Topic(NamedTuple):
    """A topic in both languages; English also needs the bare verb."""

    name: Word
    verb: str


def _topics() -> dict[Topic, tuple[Word, ...]]:
    heads = ((head.split("|"), tips) for head, tips in table(_TOPICS).items())
    return {Topic(Word(zh, en), verb): tips for (zh, en, verb), tips in heads}


TOPICS = _topics()


def make(rng: Random, lang: Lang) -> Example:
    """Draw a number from two to six, and tips on a topic or things of a kind."""
    count = rng.randint(2, 6)
    if rng.random() < 0.35:
        kind = rng.choice(list(KINDS))
        name, verb, wordings = kind.in_(lang), "", _ASK_KIND[lang]
        known = [word.in_(lang) for word in KINDS[kind]]
    else:
        topic = rng.choice(list(TOPICS))
        name, verb, wordings = topic.name.in_(lang), topic.verb, _ASK[lang]
        known = [tip.in_(lang) for tip in TOPICS[topic]]
    start = rng.randrange(len(known))  # entries follow each other in a fixed round
    entries = [known[(start + i) % len(known)] for i in range(count)]
    prompt = fill(rng, wordings, n=count, t=name, v=verb)
    answer = "\n".join(f"- {entry}" for entry in entries)
    return Example("bullets", lang, f"{name} {count}", prompt, _thinking(entries, lang), answer)


def _thinking(entries: list[str], lang: Lang) -> str:
    """Number the entries: that makes stopping in time easy."""
    if lang == "zh":
        numbered = "，".join(f"{i}{entry}" for i, entry in enumerate(entries, 1))
        return f"要写{len(entries)}条：{numbered}。"
    numbered = ", ".join(f"{i} {entry}" for i, entry in enumerate(entries, 1))
    return f"I need {len(entries)} lines: {numbered}."


def judge(example: Example, answer: str) -> bool:
    """The demanded number of different lines, each a bullet."""
    lines = answer.split("\n")
    wanted = example.answer.split("\n")
    return len(lines) == len(set(lines)) == len(wanted) and all(
        line.startswith("- ") and len(line) > 2 for line in lines
    )
