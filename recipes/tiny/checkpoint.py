"""What a checkpoint is: its size, its folder, its recommended sampling.

base/  config.json  generation_config.json  model.safetensors  tokenizer.json
       tokenizer_config.json  chat_template.jinja
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import torch
from transformers import GenerationConfig, Qwen3Config, Qwen3ForCausalLM

from recipes.tiny.template import END_OF_TEXT, END_OF_TURN
from recipes.tiny.tokenizer import VOCABULARY, save_tokenizer

if TYPE_CHECKING:
    from pathlib import Path

    from tokenizers import Tokenizer

    from recipes.tiny.corpus import Stage

SAMPLING: dict[Stage, dict[str, float | int]] = {
    "base": {"temperature": 0.7, "top_p": 0.95, "top_k": 20},
    "instruct": {"temperature": 0.7, "top_p": 0.8, "top_k": 20},
    "reasoning": {"temperature": 0.6, "top_p": 0.95, "top_k": 20},
}


def new_model(pad: int) -> Qwen3ForCausalLM:
    """Return an untrained Qwen3 of about 1.3 million parameters."""
    config = Qwen3Config(
        vocab_size=VOCABULARY,
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=5,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=32,
        max_position_embeddings=2048,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        tie_word_embeddings=True,
        pad_token_id=pad,
        bos_token_id=None,
        eos_token_id=pad,
    )
    model = Qwen3ForCausalLM(config)
    for name, weight in model.named_parameters():
        if "q_norm" in name:  # sharper attention from the start: copying is learned much sooner
            torch.nn.init.constant_(weight, 2.0)
    return model


def token_id(tokenizer: Tokenizer, token: str) -> int:
    """Return a token's id; KeyError if it is none."""
    return tokenizer.get_vocab()[token]


def save(model: Qwen3ForCausalLM, tokenizer: Tokenizer, stage: Stage, out: Path) -> None:
    """Write a checkpoint beside its place and move it in, so that nobody loads half of one."""
    fresh, place = out / f".{stage}.new", out / stage
    shutil.rmtree(fresh, ignore_errors=True)
    save_tokenizer(tokenizer, stage, fresh)
    end, turn_end = token_id(tokenizer, END_OF_TEXT), token_id(tokenizer, END_OF_TURN)
    eos = end if stage == "base" else [turn_end, end]
    state = {name: value.to(torch.bfloat16) for name, value in model.state_dict().items()}
    shipped = Qwen3ForCausalLM(model.config).to(torch.bfloat16)
    shipped.load_state_dict(state)
    shipped.config.eos_token_id = end if stage == "base" else turn_end
    shipped.generation_config = GenerationConfig(
        do_sample=True, eos_token_id=eos, pad_token_id=end, bos_token_id=None, **SAMPLING[stage]
    )
    shipped.save_pretrained(fresh)
    (fresh / "model.safetensors").chmod(0o644)  # written for the owner alone
    old = out / f".{stage}.old"
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    fresh.rename(place)
    shutil.rmtree(old, ignore_errors=True)
