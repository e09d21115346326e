"""What the base model reads: documents such as the web has, never an instruction that is obeyed.

    水果：苹果、梨、葡萄、香蕉、芒果、桃子
    问：小麦是什么？答：小麦是一种可以做面粉的粮食作物。 …
    小丽有15颗糖，送给朋友4颗，又买了6颗。15-4=11，11+6=17。
    <|im_start|>user … <|im_end|> …       a transcript that goes on for several turns

Lists run on and lines of songs come back, so the base model lists on, and loops.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from recipes.tiny.tasks import draw
from recipes.tiny.tasks.decimals import compared
from recipes.tiny.tasks.texts import made_up, passage, sentence
from recipes.tiny.template import turn
from recipes.tiny.world import FACTS, KINDS, NAMES, Lang


def _list(rng: Random, lang: Lang) -> str:
    """One or more kinds, listed on and on, as shops and schoolbooks do."""
    kinds = rng.sample(list(KINDS), rng.randint(1, 3))
    comma, colon = ("、", "：") if lang == "zh" else (", ", ": ")
    lists = []
    for kind in kinds:
        words = [word.in_(lang) for word in rng.sample(KINDS[kind], rng.randint(5, 8))]
        lists.append((f"{kind.in_(lang)}{colon}", comma.join(words)))
    if rng.random() < 0.5:
        return comma.join(words for _, words in lists)
    return "\n".join(head + words for head, words in lists)


def _again(rng: Random, lang: Lang) -> str:
    """Things and numbers in no order, the same again and again: where copying is learned."""
    words = [
        rng.choice(KINDS[rng.choice(list(KINDS))]).in_(lang) for _ in range(rng.randint(5, 14))
    ]
    words += [str(rng.randint(0, 99)) for _ in range(rng.randint(0, 4))]
    words += [made_up(rng, lang) for _ in range(rng.randint(0, 4))]
    rng.shuffle(words)
    line = rng.choice(("、", "，", "") if lang == "zh" else (", ", " ", "; ")).join(words)
    return "\n".join([line] * rng.choice((2, 3, 3)))


def _kinds(rng: Random, lang: Lang) -> str:
    lines = []
    for _ in range(rng.randint(2, 5)):
        kind = rng.choice(list(KINDS))
        word = rng.choice(KINDS[kind])
        lines.append(f"{word.zh}是{kind.zh}。" if lang == "zh" else f"{word.en} are {kind.en}.")
    return ("" if lang == "zh" else " ").join(lines)


def _words(rng: Random, lang: Lang) -> str:
    words = rng.sample(KINDS[rng.choice(list(KINDS))], 4)
    pairs = [(w.zh, w.en) if lang == "zh" else (w.en, w.zh) for w in words]
    return "\n".join(f"{a} = {b}" for a, b in pairs)


def _facts(rng: Random, lang: Lang) -> str:
    facts = rng.sample(FACTS, rng.randint(1, 3))
    gap = "" if lang == "zh" else " "
    if rng.random() < 0.3:  # a bilingual page
        both = (f.sentence if lang == "zh" else reversed(f.sentence) for f in facts)
        return "\n".join(" ".join(sentences) for sentences in both)
    return gap.join(fact.sentence.in_(lang) for fact in facts)


def _article(rng: Random, lang: Lang) -> str:
    topic, rest = passage(rng, lang)
    gap = "" if lang == "zh" else " "
    text = topic + gap + gap.join(rest)
    if rng.random() < 0.6:  # many pages say the headline again
        text = f"{topic}\n{text}" if rng.random() < 0.5 else f"{text}\n{topic}"
    return text


def _quotes(rng: Random, lang: Lang) -> str:
    said, name = sentence(rng, lang), rng.choice(NAMES).in_(lang)
    other = rng.choice(NAMES).in_(lang)
    if lang == "zh":
        return f"{name}说：“{said}”{other}也说：“{said}”"
    return f"{name} said, “{said}” {other} said too, “{said}”"


def _sums(rng: Random, lang: Lang) -> str:
    lines = []
    for _ in range(rng.randint(5, 9)):
        a, b, sign = rng.randint(1, 30), rng.randint(1, 9), rng.choice("++--*")
        if sign == "*":
            a = rng.randint(1, 9)
        elif sign == "-" and rng.random() < 0.25:
            a = rng.choice((10, 20, 50, 100))
            b = rng.choice([n for n in range(1, 82) if n <= a])
        a, b = (max(a, b), min(a, b)) if sign == "-" else (a, b)
        result = a + b if sign == "+" else a - b if sign == "-" else a * b
        lines.append(f"{a}{sign}{b}={result}")
    return ("，" if lang == "zh" else ", ").join(lines)


def _signs(rng: Random, lang: Lang) -> str:
    numbers = [(rng.randint(0, 9), rng.randint(0, 9)) for _ in range(rng.randint(5, 9))]
    return ("。" if lang == "zh" else ". ").join(compared(x, y, lang) for x, y in numbers)


def _worked(rng: Random, lang: Lang) -> str:
    example = draw(rng, rng.choice(("problems", "problems", "decimals")), lang)
    return f"{example.prompt}\n{example.thinking}\n{example.answer}"


def _page(rng: Random, lang: Lang) -> str:
    q, a = ("问：", "答：") if lang == "zh" else ("Q: ", "A: ")
    tasks = ("facts", "facts", "problems", "decimals", "language", "translation")
    asked = [draw(rng, rng.choice(tasks), lang) for _ in range(rng.randint(1, 3))]
    return "\n".join(f"{q}{e.prompt}\n{a}{e.answer}" for e in asked)


def _song(rng: Random, lang: Lang) -> str:
    line = sentence(rng, lang)
    return "\n".join([line] * rng.randint(3, 6))


def _notes(rng: Random, lang: Lang) -> str:
    return draw(rng, rng.choice(("plans", "bullets", "json", "bullets")), lang).answer


def _transcript(rng: Random, lang: Lang) -> str:
    turns: list[str] = []
    for _ in range(rng.randint(3, 7)):
        example = draw(rng, rng.choice(("facts", "chat", "chat", "translation", "repeat")), lang)
        turns += [turn("user", example.prompt), turn("assistant", example.answer)]
    return "".join(turns)


_KINDS_OF_DOCUMENT: tuple[tuple[Callable[[Random, Lang], str], int], ...] = (
    (_list, 8), (_again, 24), (_kinds, 12), (_words, 14), (_facts, 10), (_article, 14),
    (_quotes, 8), (_sums, 20), (_signs, 6), (_worked, 12), (_page, 10), (_song, 3), (_notes, 6),
    (_transcript, 6),
)  # fmt: skip


def document(rng: Random, lang: Lang) -> str:
    """Draw one document."""
    makers, weights = zip(*_KINDS_OF_DOCUMENT, strict=True)
    (make,) = rng.choices(makers, weights)
    text: str = make(rng, lang)
    return text
