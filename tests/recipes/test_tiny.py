"""The tiny family: what is shipped, what it was trained on, and that the two fit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pytest_qwen.family import embedded
from recipes.tiny.corpus import STAGES, Stage, pieces, training_texts
from recipes.tiny.held_out import FAMOUS, RESERVED, held_out
from recipes.tiny.tasks import TASKS, draw
from recipes.tiny.template import turn
from recipes.tiny.world import LANGS, Lang

FAMILY = embedded.FOLDER
ROOT = Path(__file__).parents[2]
MARKS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
VISIBLE = ("<think>", "</think>", "<tool_call>", "</tool_call>")
SOME = 4_000  # texts of a stage: enough to meet every generator many times
HELLO = [{"role": "user", "content": "你好"}]

roles = pytest.mark.parametrize("role", STAGES)


@cache
def tokenizer(role: str) -> Any:
    """Load a role's tokenizer as a user does."""
    return pytest.importorskip("transformers").AutoTokenizer.from_pretrained(FAMILY / role)


@cache
def texts(stage: Stage) -> tuple[str, ...]:
    """Return the first texts of a stage."""
    return tuple("".join(piece.text for piece in text) for text in pieces(stage, SOME))


def render(role: str, messages: list[dict[str, str]], **switches: Any) -> str:
    """Render a conversation with the generation prompt."""
    text: str = tokenizer(role).apply_chat_template(
        messages, tokenize=False, add_generation_prompt=True, **switches
    )
    return text


@roles
def test_weights_are_small(role: str) -> None:
    """A checkpoint's weights stay under four megabytes."""
    assert (FAMILY / role / "model.safetensors").stat().st_size <= 4_000_000


@roles
def test_architecture_is_qwen3(role: str) -> None:
    """The config names the architecture that transformers ships for Qwen3, and is tied."""
    config = json.loads((FAMILY / role / "config.json").read_text("utf-8"))
    assert config["architectures"] == ["Qwen3ForCausalLM"]
    assert config["tie_word_embeddings"] is True
    assert config["max_position_embeddings"] >= 1024
    assert config["num_key_value_heads"] < config["num_attention_heads"]


@roles
def test_stop_tokens(role: str) -> None:
    """The base model stops at the end of a document, the tuned ones at the end of a turn too."""
    tok = tokenizer(role)
    end, turn_end = tok.convert_tokens_to_ids(["<|endoftext|>", "<|im_end|>"])
    config = json.loads((FAMILY / role / "generation_config.json").read_text("utf-8"))
    assert config["eos_token_id"] == (end if role == "base" else [turn_end, end])
    assert tok.eos_token_id == (end if role == "base" else turn_end)
    assert tok.pad_token_id == end
    assert tok.bos_token_id is None
    assert config["do_sample"] is True


@roles
@pytest.mark.parametrize(
    "text",
    [
        "结论：人工智能依赖算法、算力和数据。",
        "Which is larger, 9.11 or 9.8?",
        "  two  spaces\n\n\tand a tab \n",
        "😀 龘靐 ñandú 한국어 العربية 🏳️‍🌈",
        '{"name": "Tom", "age": 12}',
        "<think>\n\n</think>\n\nanswer",
    ],
)
def test_any_text_survives(role: str, text: str) -> None:
    """What is encoded comes back, whatever the script."""
    tok = tokenizer(role)
    assert tok.decode(tok(text)["input_ids"]) == text


@roles
@pytest.mark.parametrize("mark", MARKS + VISIBLE)
def test_marks_are_single_tokens(role: str, mark: str) -> None:
    """Qwen's marks are tokens of their own; only thought and tool marks survive skipping."""
    tok = tokenizer(role)
    ids = tok("你好" + mark)["input_ids"]
    assert ids[-1] == tok.convert_tokens_to_ids(mark)
    assert tok.decode(ids, skip_special_tokens=True) == "你好" + (mark if mark in VISIBLE else "")


@roles
def test_digits_are_single_tokens(role: str) -> None:
    """Each digit is a token, so that numbers line up."""
    tok = tokenizer(role)
    assert [tok.decode([i]) for i in tok("2024.911")["input_ids"]] == list("2024.911")


@pytest.mark.parametrize("role", ["base", "instruct"])
@pytest.mark.parametrize("switches", [{}, {"enable_thinking": True}, {"enable_thinking": False}])
def test_plain_template(role: str, switches: dict[str, bool]) -> None:
    """Base and instruct are plain ChatML: no default system message, no tools, no thinking switch."""
    assert render(role, HELLO, **switches) == (
        "<|im_start|>user\n你好<|im_end|>\n<|im_start|>assistant\n"
    )


def test_thinking_switch() -> None:
    """The reasoning prompt is open unless thinking is switched off; then it has an empty block."""
    open_prompt = "<|im_start|>user\n你好<|im_end|>\n<|im_start|>assistant\n"
    assert render("reasoning", HELLO) == open_prompt
    assert render("reasoning", HELLO, enable_thinking=True) == open_prompt
    assert render("reasoning", HELLO, enable_thinking=False) == (
        open_prompt + "<think>\n\n</think>\n\n"
    )


@pytest.mark.parametrize(
    "said",
    [
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nHi."},
        {"role": "assistant", "content": "Hi.", "reasoning_content": "hm"},
        {"role": "assistant", "content": "Hi."},
    ],
)
def test_old_thoughts_are_stripped(said: dict[str, str]) -> None:
    """The thought of an earlier question leaves the history, wherever it was written."""
    again = {"role": "user", "content": "And?"}
    assert render("reasoning", [*HELLO, said, again]) == (
        "<|im_start|>user\n你好<|im_end|>\n<|im_start|>assistant\nHi.<|im_end|>\n"
        "<|im_start|>user\nAnd?<|im_end|>\n<|im_start|>assistant\n"
    )


@pytest.mark.parametrize(
    "said",
    [
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nHi."},
        {"role": "assistant", "content": "Hi.", "reasoning_content": "hm"},
    ],
)
def test_thoughts_after_the_last_question_stay(said: dict[str, str]) -> None:
    """A thought that belongs to the question still open is kept."""
    text = render("reasoning", [*HELLO, said])
    assert "<|im_start|>assistant\n<think>\nhm\n</think>\n\nHi.<|im_end|>\n" in text


@pytest.mark.parametrize("lang", LANGS)
def test_training_reads_what_the_template_writes(lang: Lang) -> None:
    """A conversation in training is the very text that the template renders."""
    example = draw(Random(1), "facts", lang)
    message = {"role": "user", "content": example.prompt}
    for role in STAGES:
        assert render(role, [message]) == turn("user", example.prompt) + "<|im_start|>assistant\n"


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
        (said,) = re.findall(r"\d+(?:\.\d+)?", example.answer)
        larger = re.search("大|larger|bigger|greater", example.prompt) is not None
        assert Decimal(said) == (max(asked) if larger else min(asked))
        for a, sign, b in re.findall(r"(\d+)([<=>])(\d+)", example.thinking):
            assert sign == ("<" if int(a) < int(b) else ">" if int(a) > int(b) else "=")


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_problem_is_right(lang: Lang) -> None:
    """The numbers of the story, taken in order, give the number of the answer."""
    rng = Random(6)
    for _ in range(1_500):
        example = draw(rng, "problems", lang)
        (said,) = re.findall(r"\d+", example.answer)
        numbers = re.findall(r"\d+", example.payload)
        assert sorted(numbers) == sorted(re.findall(r"\d+", example.prompt))
        assert eval(example.payload) == int(said)
        assert example.thinking.rstrip("。.").endswith(f"={said}")
        for a, sign, b, walk in re.findall(r"(\d+)([-+])(\d+): ([\d> ]+),", example.thinking):
            now, gone, by = int(a), 0, 1 if sign == "+" else -1
            for step in walk.split():
                part, said_now = map(int, step.split(">"))
                now += by * (part if part > 9 else 1)
                gone += part if part > 9 else 1
                assert now == said_now
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
