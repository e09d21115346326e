"""Whether a text keeps to one language, and to that of the prompt."""

from __future__ import annotations

import re
from dataclasses import replace

from pytest_qwen.messages.names import shorten
from pytest_qwen.traits.builtin._bounds import plural
from pytest_qwen.traits.builtin.language import NEUTRAL, SCRIPTS, language
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
def same_language(part: Part, share: float = 0.7) -> Verdict:
    """The text is in the language of the prompt; `of: thinking` holds the thought to it.

    The prompt's language is the one that most of its words are in, told as in `language`.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> same_language(Part("Rice is a crop.", Reply(text=""), "水稻是什么？")).got
    'en for 100% of 4 words, the prompt is in zh'
    """
    asked = language(Part(part.prompt, part.reply), "zh").values.get("language")
    if asked is None:
        return Verdict(False, "no words in the prompt in any language")
    verdict = language(part, asked, share)
    return replace(verdict, got=f"{verdict.got}, the prompt is in {asked}")


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
    asked = part.prompt.casefold()
    mixed = [m for m in runs if m[minor] and m[0] not in asked and _is_word(m[0])]
    different = list(dict.fromkeys(m[0] for m in mixed))
    said = f": {', '.join(map(shorten, different[:_SHOWN]))}" if different else ""
    got = f"{plural(len(different), 'word')} of another script{said}"
    spans = tuple(m.span() for m in mixed)
    return Verdict(len(different) >= at_least, got, spans, {"words": len(different)})


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _is_word(run: str) -> bool:
    return not run.isascii() or (run.islower() and len(run) > 2)
