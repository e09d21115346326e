"""The shape of an exercise, and the few phrases that several tasks share."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from recipes.tiny.world import Lang


@dataclass(frozen=True, slots=True)
class Example:
    """One exercise: what is asked, the thought a reasoning model has, and the right answer."""

    task: str
    lang: Lang
    payload: str  # what `held_out` is asked about
    prompt: str
    thinking: str
    answer: str
    system: str = ""
    history: tuple[tuple[str, str], ...] = ()  # earlier (user, assistant) turns


def fill(rng: Random, wordings: tuple[str, ...], **slots: object) -> str:
    """Pick a wording and fill its `{slots}`."""
    return rng.choice(wordings).format(**slots)


def listed(words: list[str], lang: Lang) -> str:
    """Join words as a sentence does: 甲、乙和丙, one, two and three."""
    if len(words) == 1:
        return words[0]
    comma, last = ("、", "和") if lang == "zh" else (", ", " and ")
    return comma.join(words[:-1]) + last + words[-1]
