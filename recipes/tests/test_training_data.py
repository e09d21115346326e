"""The tiny family is honest: nothing that the suite asks was in its training."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.cases import expand
from pytest_qwen.spec.loading import load
from recipes.tiny.corpus import STAGES, training_texts

SUITE = Path(__file__).parents[2] / "behaviors"
ENOUGH = 8  # letters, digits and Han characters that make a line recognizable wherever it stands


def bare(text: str) -> str:
    """Reduce a text to its letters, digits and Han characters: other punctuation is no other prompt."""
    return re.sub(r"[^\w.]|_|\.(?!\d)", "", text).lower()


def prompts() -> set[str]:
    """Return everything that the suite asks a model: whole messages, and lines of several.

    What only a Base model goes on with is no question: its lines are of the world that it read, as
    the examples of a few-shot prompt are, and it is the whole that it must not have seen.
    """
    specs = [spec for path in SUITE.rglob("*.yaml") for spec in load(path)]
    asked: set[str] = set()
    for case in (c for b in specs if isinstance(b, Behavior) for c in expand(b)):
        messages = {message.content for message in case.messages if message.role == "user"}
        asked |= messages
        if case.role != "base":
            asked |= {
                line.partition("：")[2] or line for m in messages for line in m.splitlines()[1:]
            }
    return {bare(text) for text in asked}


@pytest.mark.parametrize("stage", STAGES)
def test_no_prompt_of_the_suite_is_in_training(stage):
    """Long prompts stand nowhere in a text, short ones are no user's turn."""
    asked = prompts()
    assert len(asked) > 20
    long = [text for text in asked if len(text) >= ENOUGH]
    seen = "\n".join(map(bare, texts := list(training_texts(stage))))
    assert [text for text in long if text in seen] == []
    turns = {
        bare(t)
        for text in texts
        for t in re.findall(r"<\|im_start\|>user\n(.*?)<\|im_end\|>", text, re.DOTALL)
    }
    assert asked & turns == set()


def test_the_test_can_fail():
    """A prompt that training has is found, whatever its punctuation."""
    text = next(t for t in training_texts("instruct") if "<|im_start|>user" in t)
    asked = re.findall(r"<\|im_start\|>user\n(.*?)<\|im_end\|>", text, re.DOTALL)[-1]
    assert bare(asked + "！？") in bare(text)
