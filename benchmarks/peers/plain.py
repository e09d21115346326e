"""Transformers: one `generate` per prompt, one for all, and continuous batching."""

from __future__ import annotations

import torch
from round import Asked, Prompt, Way, run
from transformers import AutoModelForCausalLM, GenerationConfig
from transformers.generation import ContinuousBatchingConfig


def load(asked: Asked) -> dict[str, Way]:
    """Load a model, and return the ways to use it."""
    model = AutoModelForCausalLM.from_pretrained(asked.checkpoint, dtype=asked.dtype).eval()
    sampling = {
        "do_sample": True,
        "temperature": asked.temperature,
        "top_k": asked.top_k,
        "top_p": asked.top_p,
        "pad_token_id": 0,
    }

    def generate(prompts: list[Prompt], budget: int) -> int:
        longest = max(len(one.ids) for one in prompts)
        ids = torch.tensor([[0] * (longest - len(one.ids)) + one.ids for one in prompts])
        mask = torch.tensor(
            [[i >= longest - len(one.ids) for i in range(longest)] for one in prompts]
        )
        torch.manual_seed(prompts[0].seed)
        out = model.generate(
            input_ids=ids, attention_mask=mask.long(), max_new_tokens=budget, **sampling
        )
        return int(out[:, longest:].numel())

    def one_by_one(prompts: list[Prompt], budget: int) -> int:
        return sum(generate([one], budget) for one in prompts)

    def continuous(prompts: list[Prompt], budget: int) -> int:
        tokens = sum(len(one.ids) + budget for one in prompts)
        out = model.generate_batch(
            [one.ids for one in prompts],
            generation_config=GenerationConfig(max_new_tokens=budget, **sampling),
            continuous_batching_config=ContinuousBatchingConfig(
                page_size=64, num_blocks=tokens // 64 + len(prompts) + 8, max_batch_tokens=512
            ),
        )
        return sum(len(one.generated_tokens) for one in out.values())

    return {
        "transformers, one by one": one_by_one,
        "transformers, one batch": generate,
        "transformers, continuous batching": continuous,
    }


run(load)
