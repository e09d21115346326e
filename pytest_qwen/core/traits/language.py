"""In which language a text is written."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal, get_args

from pytest_qwen.core.registry import trait
from pytest_qwen.core.text import words
from pytest_qwen.core.verdict import Part, Verdict

Language = Literal[
    "zh", "en", "ja", "ko", "ru", "ar", "he", "hi", "th", "el", "fr", "de", "es", "pt", "it"
]
SCRIPTS = {
    "kana": "\u3040-\u30ff",
    "han": "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "ko": "\uac00-\ud7af\u1100-\u11ff",
    "ru": "\u0400-\u04ff",
    "ar": "\u0600-\u06ff",
    "he": "\u0590-\u05ff",
    "hi": "\u0900-\u097f",
    "th": "\u0e00-\u0e7f",
    "el": "\u0370-\u03ff",
    "latin": "A-Za-z\u00c0-\u024f",
}
"""The characters of each script that tells a language, or some, from others."""
# Japanese prose is half kana; Chinese quotes a の at most.
_KANA_SHARE = 0.1
_SCRIPT = re.compile("|".join(f"(?P<{name}>[{chars}])" for name, chars in SCRIPTS.items()))
FUNCTION_WORDS = {
    "en": "the a an of and to is in on at by that it for you with are this be as not what or from"
    " have has was will can i my your we they",
    "fr": "le la les de des et est un une du que en pour dans qui sur pas ce vous avec",
    "de": "der die das und ist nicht ein eine zu den von mit sich auf für im dem es ich sie",
    "es": "el la los las de y es un una que en por para con del se no su al como",
    "pt": "o a os as de e é um uma que em para com não do da no na se por",
    "it": "il lo la gli le di e è un una che in per con non del della si sono al",
}
"""The commonest words tell languages of the Latin script apart; a word may vote for many."""
_VOCABULARY = {name: frozenset(said.split()) for name, said in FUNCTION_WORDS.items()}
NEUTRAL = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|https?://\S+|[\w.+-]{1,64}@[\w.-]+",
    re.DOTALL,
)
"""Code, formulas, addresses: written alike in every language."""


@trait
def language(part: Part, expected: Language, share: float = 0.7) -> Verdict:
    """At least this share of the words is written in the language.

    Words are counted by their script, a Han character as a word, so that a few foreign names and
    terms are borne; code, formulas, numbers and addresses do not count. Han beside kana is
    Japanese; languages of the Latin script are told apart by their function words, and a text
    with none of them is taken for the expected one. A text without words is in no language.

    >>> from pytest_qwen.core.reply import Reply
    >>> language(Part("用 PyTorch 训练一个小模型。", Reply(text="")), "zh").got
    'zh for 89% of 9 words'
    """
    text = NEUTRAL.sub(" ", part.text)
    told = [text[slice(*span)] for span in words(text)]
    scripts = Counter(m.lastgroup for word in told if (m := _SCRIPT.search(word)))
    total = scripts.total()
    if not total:
        return Verdict(False, "no words in any language")
    languages = _languages(scripts, told, expected)
    passed = languages[expected] >= share * total
    found = expected if passed else max(languages, key=lambda name: languages[name])
    got = languages[found] / total
    said = f"{found} for {got:.0%} of {total} words"
    return Verdict(passed, said, (), {"language": found, "share": got})


def _languages(scripts: Counter[str | None], told: list[str], expected: str) -> Counter[str]:
    """Turn counts by script into counts by language."""
    counts = Counter({str(name): n for name, n in scripts.items() if name in get_args(Language)})
    east_asian = scripts["han"] + scripts["kana"]
    counts["ja" if scripts["kana"] > _KANA_SHARE * east_asian else "zh"] += east_asian
    votes = Counter(
        name
        for word in told
        for name, function_words in _VOCABULARY.items()
        if word.casefold() in function_words
    )
    fallback = expected if expected in _VOCABULARY else "en"
    best = max(_VOCABULARY, key=lambda name: (votes[name], name == fallback))
    counts[best] += scripts["latin"]
    return counts
