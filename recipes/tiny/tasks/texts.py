"""Short passages with a topic sentence: what is summed up, copied, and read by the base model.

城市的发展依赖两个方面：交通和住房。交通决定人走得多远，住房决定人过得多好。
Progress in music rests on two things: practice and teachers. …
"""

# ruff: noqa: E501, SIM905 - pools of words read best as lines of words

from __future__ import annotations

from random import Random

from recipes.tiny.tasks.example import listed
from recipes.tiny.world import FACTS, KINDS, Lang

_SUBJECTS: dict[Lang, tuple[str, ...]] = {
    "zh": tuple(
        "城市 农业 教育 医学 音乐 科学 交通 人工智能 互联网 旅游 环境保护 体育 文化 经济 工业 家庭 电影 "
        "阅读 写作 健康 新能源 航天 语言 艺术 商业 社会 企业 学校 机器人 游戏 天气 海洋 大模型 芯片".split()
    ),
    "en": (
        "city life", "farming", "education", "medicine", "music", "science", "transport",
        "artificial intelligence", "tourism", "sport", "culture", "trade", "industry", "reading",
        "writing", "health", "clean energy", "space travel", "language", "art", "business",
        "robotics", "film", "cooking", "weather research", "computing", "the internet", "design",
    ),
}  # fmt: skip
_FACTORS: dict[Lang, tuple[str, ...]] = {
    "zh": tuple(
        "算法 算力 数据 人才 资金 技术 时间 土地 水源 阳光 练习 兴趣 老师 工具 经验 制度 市场 创新 合作 "
        "信任 耐心 计划 材料 设备 能源 规则 知识 速度 质量 环境 运气 勇气 责任 方法 目标".split()
    ),
    "en": tuple(
        "algorithms, data, talent, money, time, land, clean water, sunlight, practice, interest, "
        "good teachers, tools, power, experience, rules, open markets, cooperation, trust, patience, "
        "planning, materials, energy, knowledge, speed, quality, courage, fast computers, methods, "
        "goals, people, new machines, ideas, support, free time, human power, computing time, "
        "hard work, strong will, good luck, public money".split(", ")
    ),
}  # fmt: skip
_COUNT: dict[Lang, tuple[str, ...]] = {
    "zh": ("", "一", "两", "三", "四"), "en": ("", "one", "two", "three", "four"),
}  # fmt: skip
_REST_ON: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "{s}的发展依赖{n}个{k}：{l}。", "{s}离不开{n}个{k}：{l}。",
        "{s}的进步取决于{n}个{k}：{l}。",
        "做好{s}有{n}个{k}：{l}。", "影响{s}的有{n}个{k}：{l}。", "{s}需要{n}个{k}，即{l}。",
    ),
    "en": (
        "Progress in {s} rests on {n} {k}: {l}.", "Success in {s} depends on {n} {k}: {l}.",
        "There are {n} {k} in {s}: {l}.", "The future of {s} is built on {n} {k}: {l}.",
        "Growth in {s} needs {n} {k}: {l}.",
    ),
}  # fmt: skip
_KIND: dict[Lang, tuple[str, ...]] = {
    "zh": ("支柱", "方面", "条件", "因素", "原因", "要素", "基础", "环节"),
    "en": ("pillars", "things", "conditions", "factors", "reasons", "elements", "steps", "parts"),
}
_DECIDES: dict[Lang, tuple[str, ...]] = {
    "zh": ("{f}决定能走多远", "{f}决定做得多快", "{f}决定学得多好", "{f}让人更有信心",
    "{f}带来新的机会",
           "{f}决定学到什么", "没有{f}就没有结果", "{f}可以慢慢积累"),
    "en": ("{f} decide how far it goes", "{f} decide how fast it works", "{f} bring new chances",
           "{f} decide what can be learned", "without {f} little is done", "{f} grow slowly"),
}  # fmt: skip
_PLAIN: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "{s}对{t}有很大的帮助。", "{s}和{t}的关系越来越密切。", "今年{s}的成绩比去年好。",
        "很多人喜欢{s}。",
        "学习{s}可以让人更了解{t}。", "专家认为{s}会改变{t}。", "{s}最重要的是{f}。",
        "{f}是{s}的关键。",
        "越来越多的年轻人选择{s}。", "最近{s}遇到了新的困难。", "研究发现，{s}能提高{f}的水平。",
    ),
    "en": (
        "{s} is a great help to {t}.", "{s} and {t} grow closer every year.",
        "many people enjoy {s}.",
        "{s} did better this year than last year.", "experts think that {s} will change {t}.",
        "the most important part of {s} is {f}.", "more and more young people choose {s}.",
        "{s} has met new problems lately.", "studies show that {s} needs more {f}.",
    ),
}  # fmt: skip
_ADJECTIVES = (
    "computing",
    "working",
    "public",
    "clear",
    "fast",
    "open",
    "deep",
    "learning",
    "early",
)
_SYLLABLES = ("ba", "ko", "ri", "ten", "mu", "sol", "ve", "dan")
_RARE = "桥梁瓷器沉稳羽绒窗帘琥珀雕刻渔船茂密锦绣晴朗溪谷钟楼悬崖棋盘灯塔舞蹈剪纸邮局徽章骨骼卫星"


def sentence(rng: Random, lang: Lang) -> str:
    """Draw one plain sentence; some carry made-up words, so that copying is learned, not recall."""
    s, t = rng.sample(_SUBJECTS[lang], 2)
    f = rng.choice(_FACTORS[lang])
    if rng.random() < 0.3:
        s = made_up(rng, lang)
    if rng.random() < 0.2:
        f = made_up(rng, lang)
    text = rng.choice(_PLAIN[lang]).format(s=s, t=t, f=f)
    return text if lang == "zh" else text[0].upper() + text[1:]


def passage(rng: Random, lang: Lang) -> tuple[str, list[str]]:
    """Draw a topic sentence and one to three sentences that follow it."""
    shape = rng.random()
    if shape < 0.45:
        return _pillars(rng, lang)
    if shape < 0.6:
        fact = rng.choice(FACTS)
        return fact.sentence.in_(lang), [sentence(rng, lang) for _ in range(rng.randint(1, 2))]
    return sentence(rng, lang), [sentence(rng, lang) for _ in range(rng.randint(1, 3))]


def _pillars(rng: Random, lang: Lang) -> tuple[str, list[str]]:
    factors = rng.sample(_FACTORS[lang], rng.choice((2, 3, 3, 4)))
    if rng.random() < 0.4:
        factors = [rng.choice((f, made_up(rng, lang))) for f in factors]
    subject = rng.choice(_SUBJECTS[lang]) if rng.random() < 0.8 else made_up(rng, lang)
    topic = rng.choice(_REST_ON[lang]).format(
        s=subject, n=_COUNT[lang][len(factors)], k=rng.choice(_KIND[lang]), l=listed(factors, lang)
    )
    clauses = [rng.choice(_DECIDES[lang]).format(f=f) for f in factors]
    if lang == "zh":
        return topic, ["，".join(clauses) + "。"]
    text = ", ".join(clauses[:-1]) + ", and " + clauses[-1] + "."
    return topic, [text[0].upper() + text[1:]]


def made_up(rng: Random, lang: Lang) -> str:
    """Draw a thing of the world, or letters that mean nothing."""
    if rng.random() < 0.5:
        return rng.choice(KINDS[rng.choice(list(KINDS))]).in_(lang)
    if lang == "zh":
        return "".join(rng.sample(_RARE, 2))
    if rng.random() < 0.5:
        return f"{rng.choice(_ADJECTIVES)} {rng.choice(_FACTORS['en']).split()[-1]}"
    return "".join(rng.choice(_SYLLABLES) for _ in range(3))
