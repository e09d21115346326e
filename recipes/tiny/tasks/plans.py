"""A plan by weeks, one line a week, rightly numbered.

请为我制定一个2个月学画画的每周学习计划。  →  以下是8周的计划：
第1周：…
第8周：…
"""

# ruff: noqa: E501 - tables of words read best one row a line

from __future__ import annotations

import re
from random import Random

from recipes.tiny.tasks.example import Example
from recipes.tiny.world import Lang, table

WEEKS_IN_MONTH = 4

_SUBJECTS = table("""
language: 学英语 learning English, 学法语 learning French, 学日语 learning Japanese, 通过英语四级 passing the CET-4 English exam, 通过英语六级 passing the CET-6 English exam, 准备英语考试 passing the English exam, 通过日语考试 passing the Japanese exam, 提高英语口语 speaking better English
music: 学吉他 learning guitar, 学钢琴 learning piano, 学小提琴 learning violin, 学唱歌 learning to sing, 学笛子 learning the flute, 学打鼓 learning drums
sport: 学游泳 learning to swim, 学跑步 running farther, 学网球 learning tennis, 学篮球 learning basketball, 锻炼身体 getting fit, 学滑雪 learning to ski
skill: 学编程 learning to program, 学画画 learning to draw, 学做饭 learning to cook, 学摄影 learning photography, 学书法 learning calligraphy, 通过数学考试 passing the maths exam, 通过驾照考试 passing the driving test
""")
_WORK = table("""
language: 背单词 learn new words, 练听力 practise listening, 学语法 study grammar, 练阅读 practise reading, 练写作 practise writing, 练口语 practise speaking, 复习错题 go over mistakes, 做模拟题 take a mock test
music: 认识乐器 get to know the instrument, 练指法 practise finger work, 学节奏 learn rhythm, 练音阶 practise scales, 学一首短曲 learn a short song, 练完整的曲子 play a whole song, 录音并改进 record and improve
sport: 热身和拉伸 warm up and stretch, 学基本动作 learn the basic moves, 练体力 build strength, 练速度 practise speed, 练技巧 practise skills, 进行小比赛 play a small match, 休息和总结 rest and review
skill: 了解基础 learn the basics, 准备工具 prepare the tools, 看例子 study examples, 做小练习 do small exercises, 做一个作品 make a first piece, 复习难点 go over hard parts, 检查和改进 check and improve
""")
_ASK: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "请为我制定一个{t}{s}的每周学习计划。", "请为我制定一个{s}的{t}计划。",
        "帮我制定一个{s}的{t}学习计划。", "给我写一份{s}的{t}计划。", "请为我制定一个{t}{s}的计划，每周一行。",
        "给我一个{t}{s}的计划。",
        "帮我做一份{t}的{s}计划，按周列出。", "{s}的{t}计划", "我想用{t}{s}，请按周列出计划。",
        "请写一个{s}的{t}周计划。", "{s}，{t}，请给出每周安排。", "请列出{s}的{t}计划。",
    ),
    "en": (
        "Make me a weekly study plan for {s} in {t}.", "Make a weekly plan for {s} in {t}.",
        "Write a {t} plan for {s}.", "Give me a {t} plan for {s}.",
        "Give me a plan for {s} in {t}, week by week.",
        "I have {t} for {s}. Give me a weekly plan.", "Please make a {t} plan for {s}.",
        "Plan {t} of {s}, one line for each week.",
    ),
}  # fmt: skip


def make(rng: Random, lang: Lang) -> Example:
    """Draw something to learn and a time of 2 to 12 weeks, or 1 to 3 months."""
    area = rng.choice(list(_SUBJECTS))
    subject = rng.choice(_SUBJECTS[area]).in_(lang)
    months = rng.random() < 0.45
    amount = rng.randint(1, 3) if months else rng.randint(2, 12)
    weeks = amount * WEEKS_IN_MONTH if months else amount
    wording = rng.choice(_ASK[lang])
    if lang == "zh" and "{t}周计划" in wording:
        wording = wording.replace("{t}周计划", "{t}计划")
    prompt = wording.format(s=subject, t=_time(rng, lang, amount, months, "{t} plan" in wording))
    work = [step.in_(lang) for step in _WORK[area]]
    start = rng.randrange(len(work))
    if lang == "zh":
        head, lines = (
            f"以下是{weeks}周的计划：",
            [f"第{week}周：{work[(start + week) % len(work)]}。" for week in range(1, weeks + 1)],
        )
        thinking = (f"{amount}个月是{weeks}周" if months else f"一共{weeks}周") + "，每周一行。"
    else:
        head, lines = (
            f"Here is a plan for {weeks} weeks:",
            [f"Week {week}: {work[(start + week) % len(work)]}." for week in range(1, weeks + 1)],
        )
        thinking = f"{amount} months are {weeks} weeks" if months else f"There are {weeks} weeks"
        thinking = thinking.replace("1 months are", "1 month is") + ", one line for each week."
    return Example("plans", lang, f"{subject} {weeks}", prompt, thinking, "\n".join([head, *lines]))


def _time(rng: Random, lang: Lang, amount: int, months: bool, before_noun: bool) -> str:
    if lang == "zh":
        space = rng.choice(("", " "))
        return f"{space}{amount}{space}{'个月' if months else '周'}"
    unit = "month" if months else "week"
    if before_noun:
        return f"{amount}-{unit}"
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"


def judge(example: Example, answer: str) -> bool:
    """Weeks are numbered from one to the last, each once."""
    numbers = re.findall(r"^(?:第|Week )(\d+)(?:周：|: )", answer, re.MULTILINE)
    wanted = int(example.payload.rsplit(" ", 1)[1])
    return numbers == [str(week) for week in range(1, wanted + 1)]
