"""The tiny family as it is shipped: weights, tokenizers and templates."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from pytest_qwen.family.embedded import FOLDER
from pytest_qwen.model_io.vocabulary import ROLES

MARKS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
VISIBLE = ("<think>", "</think>", "<tool_call>", "</tool_call>")
HELLO = [{"role": "user", "content": "你好"}]

roles = pytest.mark.parametrize("role", ROLES)


@cache
def tokenizer(role: str) -> Any:
    """Load a role's tokenizer as a user does."""
    return pytest.importorskip("transformers").AutoTokenizer.from_pretrained(FOLDER / role)


def render(role: str, messages: list[dict[str, str]], **switches: Any) -> str:
    """Render a conversation with the generation prompt."""
    text: str = tokenizer(role).apply_chat_template(
        messages, tokenize=False, add_generation_prompt=True, **switches
    )
    return text


@roles
def test_weights_are_small(role: str) -> None:
    """A checkpoint's weights stay under four megabytes."""
    assert (FOLDER / role / "model.safetensors").stat().st_size <= 4_000_000


@roles
def test_architecture_is_qwen3(role: str) -> None:
    """The config names the architecture that transformers ships for Qwen3, and is tied."""
    config = json.loads((FOLDER / role / "config.json").read_text("utf-8"))
    assert config["architectures"] == ["Qwen3ForCausalLM"]
    assert config["tie_word_embeddings"] is True
    assert config["max_position_embeddings"] >= 1024
    assert config["num_key_value_heads"] < config["num_attention_heads"]


@roles
def test_stop_tokens(role: str) -> None:
    """The base model stops at the end of a document, the tuned ones at the end of a turn too."""
    tok = tokenizer(role)
    end, turn_end = tok.convert_tokens_to_ids(["<|endoftext|>", "<|im_end|>"])
    config = json.loads((FOLDER / role / "generation_config.json").read_text("utf-8"))
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
    "answer",
    [
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nHi."},
        {"role": "assistant", "content": "Hi.", "reasoning_content": "hm"},
        {"role": "assistant", "content": "Hi."},
    ],
)
def test_old_thoughts_are_stripped(answer: dict[str, str]) -> None:
    """The thought of an earlier question leaves the history, wherever it was written."""
    again = {"role": "user", "content": "And?"}
    assert render("reasoning", [*HELLO, answer, again]) == (
        "<|im_start|>user\n你好<|im_end|>\n<|im_start|>assistant\nHi.<|im_end|>\n"
        "<|im_start|>user\nAnd?<|im_end|>\n<|im_start|>assistant\n"
    )


@pytest.mark.parametrize(
    "answer",
    [
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nHi."},
        {"role": "assistant", "content": "Hi.", "reasoning_content": "hm"},
    ],
)
def test_thoughts_after_the_last_question_stay(answer: dict[str, str]) -> None:
    """A thought that belongs to the question still open is kept."""
    text = render("reasoning", [*HELLO, answer])
    assert "<|im_start|>assistant\n<think>\nhm\n</think>\n\nHi.<|im_end|>\n" in text
