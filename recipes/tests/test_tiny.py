"""What the tiny family is trained on, and that it fits what is shipped."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

import pytest

from pytest_qwen.family.embedded import FOLDER
from recipes.tiny.corpus import STAGES, Stage, pieces, training_texts
from recipes.tiny.held_out import FAMOUS, RESERVED, held_out
from recipes.tiny.tasks import TASKS, draw
from recipes.tiny.template import turn
from recipes.tiny.world import LANGS, Lang

ROOT = Path(__file__).parents[2]
SOME = 4_000  # texts of a stage: enough to meet every generator many times

roles = pytest.mark.parametrize("role", STAGES)


@cache
def texts(stage: Stage) -> tuple[str, ...]:
    """Return the first texts of a stage."""
    return tuple("".join(piece.text for piece in text) for text in pieces(stage, SOME))


def _rendered(role: str, messages: list[dict[str, str]]) -> str:
    """Render a conversation with the generation prompt, as transformers does."""
    auto = pytest.importorskip("transformers").AutoTokenizer
    tokenizer = auto.from_pretrained(FOLDER / role)
    text: str = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return text


@pytest.mark.parametrize("lang", LANGS)
def test_training_reads_what_the_template_writes(lang: Lang) -> None:
    """A conversation in training is the very text that the template renders."""
    example = draw(Random(1), "facts", lang)
    message = {"role": "user", "content": example.prompt}
    for role in STAGES:
        assert (
            _rendered(role, [message]) == turn("user", example.prompt) + "<|im_start|>assistant\n"
        )


def test_training_texts_are_the_same_in_any_process() -> None:
    """Hash randomization does not change the training data."""
    code = (
        "from hashlib import sha256\n"
        "from recipes.tiny.corpus import STAGES, pieces\n"
        "print(sha256(repr([list(pieces(s, 400)) for s in STAGES]).encode()).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_data_needs_no_torch() -> None:
    """The training texts can be read where torch is not installed."""
    code = (
        "import sys\n"
        "import recipes.tiny.corpus\n"
        "assert not {'torch', 'transformers', 'tokenizers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_famous_payloads_are_held_out() -> None:
    """The suite's own exercises are held out by name, others by hash, about one in eight."""
    assert all(map(held_out, FAMOUS))
    assert 80 <= sum(held_out(str(number)) for number in range(1_000)) <= 170


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("task", TASKS)
def test_draws_respect_the_split(task: str, lang: Lang) -> None:
    """Training draws never give a held-out payload; the card's draws always do."""
    rng = Random(3)
    for held in (False, True):
        for _ in range(60):
            payload = draw(rng, task, lang, held=held).payload
            assert any(map(held_out, payload.split("|"))) is held


def test_held_out_prompts_are_not_in_training() -> None:
    """No held-out prompt of any task stands in the texts of a tuned stage."""
    asked = set()
    for stage in ("instruct", "reasoning"):
        for text in texts(stage):
            asked.update(re.findall(r"<\|im_start\|>user\n(.*?)<\|im_end\|>", text, re.DOTALL))
    rng = Random(4)
    drawn = [
        draw(rng, task, lang, held=True) for task in TASKS for lang in LANGS for _ in range(50)
    ]
    # what is held out of the others is a whole conversation, not its last question
    held = {example.prompt for example in drawn if not example.history and not example.system}
    assert not held & asked


@roles
def test_reserved_text_is_not_in_training(role: Stage) -> None:
    """The suite's prompts stand nowhere in the training texts."""
    for text in texts(role):
        assert not [words for words in RESERVED if words in text]


def test_training_texts_is_the_whole_stage() -> None:
    """`training_texts` begins with the same texts as training, marks included."""
    first = next(iter(training_texts("reasoning")))
    assert first == texts("reasoning")[0]
    assert first.endswith("<|im_end|>")


@roles
def test_every_sum_is_right(role: Stage) -> None:
    """No equation in the training data is wrong."""
    found = 0
    for text in texts(role):
        for a, sign, b, c in re.findall(r"(?<![\d.])(\d+)([-+*])(\d+)=(\d+)(?![\d.])", text):
            value = {"+": int(a) + int(b), "-": int(a) - int(b), "*": int(a) * int(b)}[sign]
            assert value == int(c), text
            found += 1
    assert found > 300 or role == "instruct"


@pytest.mark.parametrize("lang", LANGS)
def test_every_comparison_is_right(lang: Lang) -> None:
    """The decimal that is called larger or smaller is so, in answer and thought."""
    rng = Random(5)
    for _ in range(1_500):
        example = draw(rng, "decimals", lang)
        asked = [Decimal(n) for n in re.findall(r"\d+(?:\.\d+)?", example.prompt)]
        (answer,) = re.findall(r"\d+(?:\.\d+)?", example.answer)
        larger = re.search("大|larger|bigger|greater", example.prompt) is not None
        assert Decimal(answer) == (max(asked) if larger else min(asked))
        for a, sign, b in re.findall(r"(\d+)([<=>])(\d+)", example.thinking):
            assert sign == ("<" if int(a) < int(b) else ">" if int(a) > int(b) else "=")


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_problem_is_right(lang: Lang) -> None:
    """The numbers of the story, taken in order, give the number of the answer."""
    rng = Random(6)
    for _ in range(1_500):
        example = draw(rng, "problems", lang)
        (answer,) = re.findall(r"\d+", example.answer)
        numbers = re.findall(r"\d+", example.payload)
        assert sorted(numbers) == sorted(re.findall(r"\d+", example.prompt))
        assert eval(example.payload) == int(answer)
        assert example.thinking.rstrip("。.").endswith(f"={answer}")
        for a, sign, b, walk in re.findall(r"(\d+)([-+])(\d+): ([\d> ]+),", example.thinking):
            now, gone, by = int(a), 0, 1 if sign == "+" else -1
            for step in walk.split():
                part, written = map(int, step.split(">"))
                now += by * (part if part > 9 else 1)
                gone += part if part > 9 else 1
                assert now == written
            assert gone == int(b)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("task", TASKS)
def test_right_answers_are_judged_right(task: str, lang: Lang) -> None:
    """Every task's judge accepts the answers that training teaches, and not an empty one."""
    rng = Random(7)
    for _ in range(50):
        example = draw(rng, task, lang)
        assert TASKS[task].judge(example, example.answer), example
        assert not TASKS[task].judge(example, "")
