"""A bare list of things: say what they are instead of going on with the list.

铅笔、橡皮、老虎  →  铅笔、橡皮是文具，老虎是动物。
"""

from __future__ import annotations

from random import Random

from recipes.tiny.tasks.example import Example
from recipes.tiny.world import KINDS, Lang, Word

_SEPARATORS: dict[Lang, tuple[str, ...]] = {"zh": ("、", "、", "、", "，", " "), "en": (", ",)}
_ENDS: dict[Lang, tuple[str, ...]] = {"zh": ("", "", "", "。"), "en": ("", "", "", ".")}


def make(rng: Random, lang: Lang) -> Example:
    """Draw three to six things of one or two kinds."""
    kinds = rng.sample(list(KINDS), rng.choice((1, 2, 2, 2)))
    size = rng.choice((3, 4, 4, 4, 5, 6))
    odd = rng.randint(1, size // 2) if len(kinds) == 2 else 0
    things = [(word, kinds[0]) for word in rng.sample(KINDS[kinds[0]], size - odd)]
    if odd:
        things += [(word, kinds[1]) for word in rng.sample(KINDS[kinds[1]], odd)]
    if rng.random() < 0.15:  # mostly one kind comes after the other
        rng.shuffle(things)
    words = [word.in_(lang) for word, _ in things]
    payload = ("、" if lang == "zh" else ", ").join(words)
    prompt = rng.choice(_SEPARATORS[lang]).join(words) + rng.choice(_ENDS[lang])
    return Example("naming", lang, payload, prompt, _thinking(things, lang), _say(things, lang))


def _thinking(things: list[tuple[Word, Word]], lang: Lang) -> str:
    is_ = "：" if lang == "zh" else ": "
    lines = [f"{word.in_(lang)}{is_}{kind.in_(lang)}" for word, kind in things]
    return "\n".join(lines)


def _say(things: list[tuple[Word, Word]], lang: Lang) -> str:
    groups: dict[Word, list[str]] = {}
    for word, kind in things:
        groups.setdefault(kind, []).append(word.in_(lang))
    if lang == "zh":
        return "，".join(f"{'、'.join(g)}是{kind.zh}" for kind, g in groups.items()) + "。"
    parts = [f"{kind.en.capitalize()}: {', '.join(g)}." for kind, g in groups.items()]
    return " ".join(parts)


def judge(example: Example, answer: str) -> bool:
    """Every thing is put with its kind, and nothing else is said."""
    return answer == example.answer
