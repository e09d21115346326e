"""The exercises: one file a task, where `make` draws an example and `judge` judges answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import NamedTuple

from recipes.tiny.held_out import held_out, is_reserved
from recipes.tiny.tasks import (
    asking,
    bullets,
    chat,
    decimals,
    facts,
    json_keys,
    naming,
    plans,
    problems,
    summary,
)
from recipes.tiny.tasks.example import Example
from recipes.tiny.world import Lang

__all__ = ["TASKS", "Example", "Task", "draw"]


class Task(NamedTuple):
    """How a task's examples are drawn and judged, and how often training draws them."""

    make: Callable[[Random, Lang], Example]
    judge: Callable[[Example, str], bool]
    weight: int


TASKS: dict[str, Task] = {
    "naming": Task(naming.make, naming.judge, 26),
    "summary": Task(summary.make, summary.judge, 18),
    "decimals": Task(decimals.make, decimals.judge, 16),
    "problems": Task(problems.make, problems.judge, 22),
    "asking": Task(asking.make, asking.judge, 6),
    "plans": Task(plans.make, plans.judge, 7),
    "bullets": Task(bullets.make, bullets.judge, 12),
    "json": Task(json_keys.make, json_keys.judge, 9),
    "facts": Task(facts.make, facts.judge, 5),
    "language": Task(facts.make_other, facts.judge, 7),
    "translation": Task(facts.make_translation, facts.judge, 8),
    "chat": Task(chat.make, chat.judge, 3),
    "name": Task(chat.make_name, chat.judge, 3),
    "repeat": Task(chat.make_repeat, chat.judge, 4),
}


def draw(rng: Random, task: str, lang: Lang, *, held: bool = False) -> Example:
    """Draw an example whose payload is in training, or with `held`, one that is held out."""
    while True:
        example = TASKS[task].make(rng, lang)
        parts = example.payload.split("|")
        if any(map(held_out, parts)) != held:
            continue
        if not held and (is_reserved(example.prompt) or is_reserved(example.answer)):
            continue
        return replace(example, task=task)
