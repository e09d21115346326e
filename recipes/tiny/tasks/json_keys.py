"""A JSON object with exactly the demanded keys, and nothing around it.

用JSON输出一本书的信息，键为title、price，不要输出其他内容。  →  {"title": "红楼梦",
"price": 30}
"""

from __future__ import annotations

import json
from random import Random

from recipes.tiny.tasks.example import Example, fill
from recipes.tiny.world import NAMES, Lang, Word

_VALUES: dict[str, tuple[str | int, ...]] = {
    "name": tuple(name.en for name in NAMES), "age": tuple(range(6, 60)),
    "city": ("Beijing", "Shanghai", "Paris", "London"), "job": ("doctor", "teacher", "farmer",
    "driver"),
    "country": ("China", "France", "Britain", "Japan"), "hobby": ("reading", "music", "tennis",
    "running"),
    "title": ("Rain", "The Sun", "My School", "Snow"),
    "author": tuple(name.en for name in NAMES[:6]),
    "year": tuple(range(1990, 2025)), "price": tuple(range(5, 100)), "color": ("red", "blue",
    "green", "white"),
    "height": tuple(range(120, 190)), "weight": tuple(range(30, 90)), "pet": ("cat", "dog",
    "rabbit"),
    "food": ("rice", "noodles", "apples"), "score": tuple(range(60, 100)), "day": ("Monday",
    "Friday", "Sunday"),
    "month": ("May", "June", "July"), "size": ("big", "small"), "grade": tuple(range(1, 7)),
    "language": ("English", "French", "Chinese"), "school": ("No. 1 School", "River School"),
}  # fmt: skip
_KEYS_ZH: dict[str, tuple[str | int, ...]] = {
    "姓名": tuple(name.zh for name in NAMES), "年龄": tuple(range(6, 60)), "城市": ("北京", "上海",
    "巴黎"),
    "职业": ("医生", "老师", "农民", "司机"), "爱好": ("阅读", "音乐", "跑步"),
    "价格": tuple(range(5, 100)),
    "颜色": ("红色", "蓝色", "绿色"), "身高": tuple(range(120, 190)), "成绩": tuple(range(60, 100)),
    "国家": ("中国", "法国", "英国"),
}  # fmt: skip
_ABOUT = (
    Word("一个人", "a person"), Word("一本书", "a book"), Word("一名学生", "a student"),
    Word("一个朋友", "a friend"),
    Word("一件商品", "a product"), Word("一位老师", "a teacher"), Word("一部电影", "a film"),
    Word("一个客户", "a customer"),
)  # fmt: skip
_ASK: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "用JSON输出{x}的信息，键为{k}，不要输出其他内容。", "请用JSON格式给出{x}的信息，键为{k}。",
        "以JSON输出{x}，包含{k}这些键。",
        "生成一个JSON对象描述{x}，键是{k}，只输出JSON。", "给我{x}的JSON，键为{k}，不要解释。",
        "请输出JSON：{x}的{k}。",
    ),
    "en": (
        "Give {x}'s details as JSON with the keys {k}. Output nothing else.",
        "Describe {x} as JSON with the keys {k}.",
        "Output a JSON object about {x} with the keys {k} and nothing else.",
        "Write JSON for {x}. Keys: {k}.",
        "I need {x} in JSON with the keys {k}. No other text.",
        "Return only JSON with the keys {k} for {x}.",
    ),
}  # fmt: skip


def make(rng: Random, lang: Lang) -> Example:
    """Draw two to five keys and values of their kind."""
    values = _KEYS_ZH if lang == "zh" and rng.random() < 0.3 else _VALUES
    keys = rng.sample(list(values), rng.choice((2, 3, 3, 3, 4, 4, 5)))
    answer = json.dumps({key: rng.choice(values[key]) for key in keys}, ensure_ascii=False)
    if lang == "zh":
        named = rng.choice(("、", "、", "、", "，", ", ")).join(keys)
        thinking = "键是" + "、".join(keys) + "。"
    else:
        named = ", ".join(keys[:-1]) + rng.choice((" and ", " and ", ", ")) + keys[-1]
        thinking = "The keys are " + ", ".join(keys) + "."
    prompt = fill(rng, _ASK[lang], x=rng.choice(_ABOUT).in_(lang), k=named)
    return Example("json", lang, " ".join(keys), prompt, thinking, answer)


def judge(example: Example, answer: str) -> bool:
    """The reply is a JSON object with the demanded keys."""
    try:
        value = json.loads(answer)
    except ValueError:
        return False
    return isinstance(value, dict) and list(value) == example.payload.split(" ")
