"""Whether a text keeps to one language, and to that of the prompt."""

from __future__ import annotations

import re

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin.language import NEUTRAL, SCRIPTS
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict

_SHOWN = 8
_QUOTED = re.compile(
    r"“[^”\n]{0,200}”|「[^」\n]{0,200}」|《[^》\n]{0,200}》|[（(][^）)\n]{0,200}[）)]|\"[^\"\n]{0,200}\""
)
_RUN = re.compile(
    f"(?P<han>[{SCRIPTS['han']}]+)|(?P<latin>(?:[{SCRIPTS['latin']}]+['’-])*[{SCRIPTS['latin']}]+)"
)


@trait
def mixes_languages(part: Part, at_least: int = 2) -> Verdict:
    """Words of another script stand amid the text: `这个 problem 很 important`, `It is 非常 good`.

    Counted are different words in the script that less than half of the text is in, so many of
    them `at_least`; Han characters in a row are one. What the prompt says, names and abbreviations
    (words with a capital letter), words of one or two letters, code, formulas, addresses and what
    stands in quotes or brackets, as translations and terms do, is no mix.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> mixes_languages(Part("这个 problem 很 important。", Reply(text=""))).got
    "2 words of another script: 'problem', 'important'"
    """
    text = NEUTRAL.sub(_blank, part.text)
    text = _QUOTED.sub(_blank, text)
    runs = [m for m in _RUN.finditer(text) if m["han"] or m["latin"]]
    n_han = sum(len(m["han"]) for m in runs if m["han"])
    n_latin = sum(1 for m in runs if m["latin"])
    minor = "latin" if n_han >= n_latin else "han"
    prompt = part.prompt.casefold()
    mixed = [m for m in runs if m[minor] and m[0] not in prompt and _is_word(m[0])]
    different = list(dict.fromkeys(m[0] for m in mixed))
    n, shown = len(different), list(map(shorten, different[:_SHOWN]))
    got = Reason("checks.foreign_words", n=n, words=shown) if n else Reason("checks.one_script")
    return Verdict(n >= at_least, got, tuple(m.span() for m in mixed), {"words": n})


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _is_word(run: str) -> bool:
    return not run.isascii() or (run.islower() and len(run) > 2)
