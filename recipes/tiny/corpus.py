"""The training texts of the three stages, the same in every process.

    base        documents
    instruct    conversations, answered at once
    reasoning   conversations, mostly with a thought before the answer

A text is a list of pieces; loss is taken on the pieces that the model itself has to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Literal, NamedTuple

from recipes.tiny.documents import document
from recipes.tiny.held_out import is_reserved
from recipes.tiny.tasks import TASKS, Example, draw
from recipes.tiny.template import (
    END_OF_TEXT,
    END_OF_THINK,
    END_OF_TURN,
    NO_THOUGHT,
    THINK,
    TURN,
    turn,
)
from recipes.tiny.world import LANGS, Lang

Stage = Literal["base", "instruct", "reasoning"]
STAGES: tuple[Stage, ...] = ("base", "instruct", "reasoning")
TEXTS: dict[Stage, int] = {"base": 12_000, "instruct": 80_000, "reasoning": 100_000}
SEED = 20

_SYSTEM: dict[Lang, tuple[str, ...]] = {
    "zh": ("你是一个有用的助手。", "你是一个小助手。", "回答要简短。"),
    "en": ("You are a helpful assistant.", "You are a small helper.", "Keep answers short."),
}


class Piece(NamedTuple):
    """A stretch of text, and whether the model learns to say it."""

    text: str
    learned: bool


def pieces(stage: Stage, size: int | None = None) -> Iterator[list[Piece]]:
    """Yield a stage's texts in pieces, `size` of them or as many as training reads."""
    rng = Random(f"{SEED} {stage}")
    for _ in range(TEXTS[stage] if size is None else size):
        lang: Lang = rng.choice(LANGS)
        text = _page(rng, lang) if stage == "base" else _conversation(rng, lang, stage)
        while any(is_reserved(piece.text) for piece in text):
            text = _page(rng, lang) if stage == "base" else _conversation(rng, lang, stage)
        yield text


def training_texts(stage: Stage) -> Iterator[str]:
    """Yield every text that a stage trains on, whole, as the model reads it."""
    for text in pieces(stage):
        yield "".join(piece.text for piece in text)


def _page(rng: Random, lang: Lang) -> list[Piece]:
    """Draw several documents on one page, as web text has them: its end is far from any line."""
    page = "\n\n".join(document(rng, lang) for _ in range(rng.randint(3, 9)))
    return [Piece(page + END_OF_TEXT, learned=True)]


def _pick(rng: Random) -> str:
    names, weights = list(TASKS), [task.weight for task in TASKS.values()]
    return rng.choices(names, weights)[0]


def _conversation(rng: Random, lang: Lang, stage: Stage) -> list[Piece]:
    example = draw(rng, _pick(rng), lang)
    history = list(example.history)
    if not history and rng.random() < 0.15:  # an earlier exchange about something else
        earlier = draw(rng, _pick(rng), lang)
        history = [*earlier.history, (earlier.prompt, earlier.answer)]
    system = example.system
    if not system and rng.random() < 0.1:
        system = rng.choice(_SYSTEM[lang])
    text = [Piece(turn("system", system), learned=False)] if system else []
    for user, assistant in history:  # old answers carry no thought, so only instruct learns them
        text.append(Piece(turn("user", user) + f"{TURN}assistant\n", learned=False))
        text.append(Piece(f"{assistant}{END_OF_TURN}", learned=stage == "instruct"))
        text.append(Piece("\n", learned=False))
    thinking = stage == "reasoning" and rng.random() < 0.8
    switch = NO_THOUGHT if stage == "reasoning" and not thinking else ""
    text.append(Piece(turn("user", example.prompt) + f"{TURN}assistant\n{switch}", learned=False))
    text.append(Piece(_said(example, thinking), learned=True))
    return text


def _said(example: Example, thinking: bool) -> str:
    thought = f"{THINK}\n{example.thinking}\n{END_OF_THINK}\n\n" if thinking else ""
    return f"{thought}{example.answer}{END_OF_TURN}"
