"""In which language a text is written."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import folded_words
from pytest_qwen.traits.verdict import Part, Verdict

_Asian = Literal["zh", "ja", "ko", "hi", "mr", "ne", "bn", "pa", "gu", "ta", "te", "kn", "ml", "th"]
_Other = Literal["ru", "uk", "bg", "ar", "fa", "ur", "he", "el"]
_Latin = Literal["en", "fr", "de", "es", "pt", "it", "pl", "fi", "vi", "sw"]
Language = Literal[_Asian, _Other, _Latin]
"""ISO 639-1 codes."""

SCRIPTS = {
    "kana": "\u3040-\u30ff",
    "han": "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "ko": "\uac00-\ud7af\u1100-\u11ff",
    "cyrillic": "\u0400-\u04ff",
    "arabic": "\u0600-\u06ff",
    "he": "\u0590-\u05ff",
    "devanagari": "\u0900-\u097f",
    "bn": "\u0980-\u09ff",
    "pa": "\u0a00-\u0a7f",
    "gu": "\u0a80-\u0aff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
    "th": "\u0e00-\u0e7f",
    "el": "\u0370-\u03ff",
    "latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
}
"""The characters of each script that tells a language, or some, from others."""
# Japanese prose is half kana; Chinese quotes a の at most.
_KANA_SHARE = 0.1
_SCRIPT = re.compile("|".join(f"(?P<{name}>[{chars}])" for name, chars in SCRIPTS.items()))
FUNCTION_WORDS = {
    "latin": {
        "en": "the a an of and to is in on at by that it for you with are this be as not what or"
        " from have has was will can i my your we they",
        "fr": "le la les de des et est un une du que en pour dans qui sur pas ce vous avec",
        "de": "der die das und ist nicht ein eine zu den von mit sich auf für im dem es ich sie",
        "es": "el la los las de y es un una que en por para con del se no su al como",
        "pt": "o a os as de e é um uma que em para com não do da no na se por",
        "it": "lo la gli le di e è un una che in per con non del della si sono al ho",
        "pl": "i w na z że się nie do to jest o od po jak ale dla co są przez tak",
        "fi": "ja on ei että se hän ovat oli joka mutta kun tai myös niin kuin voi olla minä sinä",
        "vi": "và của là có các một không cho được trong những người với này đã để khi tôi bạn",
        "sw": "na ya wa kwa ni za katika la kuwa cha hii ili kama yake pia lakini hiyo au",
    },
    "cyrillic": {
        "ru": "и в не на что с по это как он но к из у за от так же для был",
        "uk": "і в не на що з у та це як до він але для є за від був або",
        "bg": "и в не на да се е за от с че са по като ще но той това със във",
    },
    "arabic": {
        "ar": "في من على أن إلى التي هذا هو مع عن ما لا كان هي هذه الذي كل أو",
        "fa": "و در به از که این است را با برای آن می یک خود شما ما های بود",
        "ur": "کے کی ہے میں سے اور کا کو نے یہ پر ہیں کہ ایک اس بھی نہیں آپ",
    },
    "devanagari": {
        "hi": "है के में की से का और को हैं पर यह एक ने कि नहीं भी था आप मैं हम",
        "mr": "आहे आणि या आहेत हे ते तो मी च्या एक नाही होते की साठी पण तुम्ही आम्ही",
        "ne": "छ र को मा ले लागि छन् पनि यो हो एक भने थियो गर्न हुन्छ तपाईं म हामी",
    },
}
"""The commonest words tell languages of one script apart; a word may vote for many."""
_VOCABULARY = {
    script: {name: frozenset(function.split()) for name, function in languages.items()}
    for script, languages in FUNCTION_WORDS.items()
}
NEUTRAL = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|https?://\S+|[\w.+-]{1,64}@[\w.-]+",
    re.DOTALL,
)
"""Code, formulas, addresses: written alike in every language."""


@trait
def language(part: Part, expected: Language, share: float = 0.7) -> Verdict:
    """At least this share of the words is written in the language.

    Words are counted by their script, a Han character as a word, so that a few foreign names and
    terms do no harm; code, formulas, numbers and addresses do not count. Han beside kana is
    Japanese; languages of one script (Latin, Cyrillic, Arabic, Devanagari) are told apart by their
    function words, and a text with hardly any is taken for the expected one. A text without
    words is in no language.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> language(Part("用 PyTorch 训练一个小模型。", Reply(text="")), "zh").got
    'zh for 89% of 9 words'
    """
    text = NEUTRAL.sub(" ", part.text)
    spoken = folded_words(text)
    scripts = Counter(m.lastgroup for word in spoken if (m := _SCRIPT.search(word)))
    total = scripts.total()
    if not total:
        return Verdict(False, Reason("traits.no_language"))
    languages = _languages(scripts, spoken, expected)
    passed = languages[expected] >= share * total
    main = expected if passed else max(languages, key=lambda name: languages[name])
    part_of_it = languages[main] / total
    got = Reason("traits.language", language=main, share=part_of_it, n=total)
    return Verdict(passed, got, (), {"language": main, "share": part_of_it})


def _languages(scripts: Counter[str | None], spoken: list[str], expected: str) -> Counter[str]:
    """Turn counts by script into counts by language."""
    counts = Counter({str(name): n for name, n in scripts.items() if name not in _VOCABULARY})
    east_asian = counts.pop("han", 0) + counts.pop("kana", 0)
    counts["ja" if scripts["kana"] > _KANA_SHARE * east_asian else "zh"] += east_asian
    for script, vocabulary in _VOCABULARY.items():
        if scripts[script]:
            counts[_best(vocabulary, spoken, expected)] += scripts[script]
    return counts


def _best(vocabulary: dict[str, frozenset[str]], spoken: list[str], expected: str) -> str:
    """Return the language whose function words come most often; one word is no proof."""
    counts = Counter(spoken)
    votes = {name: sum(counts[w] for w in function) for name, function in vocabulary.items()}
    return max(vocabulary, key=lambda name: votes[name] + 1.5 * (name == expected))
