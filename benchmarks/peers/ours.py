"""Our engine, cold: nothing is in a store."""

from __future__ import annotations

from pathlib import Path

from round import Asked, Prompt, Way, run

from pytest_qwen.engine.local.generation import LocalGeneration
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling


def load(asked: Asked) -> dict[str, Way]:
    """Load an engine."""
    engine = LocalGeneration(Path(asked.checkpoint), "cpu", asked.dtype)

    def answer(prompts: list[Prompt], budget: int) -> int:
        sampling = Sampling(
            temperature=asked.temperature,
            top_k=asked.top_k,
            top_p=asked.top_p,
            min_p=0,
            max_new_tokens=budget,
        )
        engine.submit(
            [
                Request(
                    "instruct",
                    (Message(role="user", content=one.said),),
                    "chat",
                    sampling,
                    one.seed,
                    key=f"{budget} {one.seed}",
                )
                for one in prompts
            ]
        )
        replies = []
        while engine.left:
            replies += engine.step()
        return sum(len(reply.token_ids) for reply in replies)

    return {f"ours, {engine.lane} lane": answer}


run(load)
