"""inspect_ai, provider `hf`, with one batch for all prompts.

It waits for two seconds whether more requests come before it begins a batch, and looks once a
second whether a batch is done; both are in its time.
"""

from __future__ import annotations

import asyncio

from counted import Counted
from inspect_ai.model import GenerateConfig, get_model
from round import Asked, Prompt, Way, run


def load(asked: Asked) -> dict[str, Way]:
    """Load a model as `inspect eval --model hf/…` does."""
    tool = get_model(
        "hf/benchmark",
        model_path=asked.checkpoint,
        device="cpu",
        dtype=asked.dtype,
        memoize=False,
    )
    counted = Counted(tool.api.model)

    async def ask(prompts: list[Prompt], budget: int) -> None:
        config = GenerateConfig(
            max_tokens=budget,
            temperature=asked.temperature,
            top_k=asked.top_k,
            top_p=asked.top_p,
            max_connections=len(asked.prompts),
        )
        await asyncio.gather(*(tool.generate(one.said, config=config) for one in prompts))

    def answer(prompts: list[Prompt], budget: int) -> int:
        before = counted.tokens
        asyncio.run(ask(prompts, budget))
        return counted.tokens - before

    return {"inspect_ai, hf": answer}


run(load)
