"""lm-evaluation-harness, model type `hf`, with one batch for all prompts.

Its automatic batch size tries batches of the model's longest context, which no CPU has memory for.
"""

from __future__ import annotations

from counted import Counted
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from round import Asked, Prompt, Way, run


def load(asked: Asked) -> dict[str, Way]:
    """Load a model as `lm_eval --model hf` does."""
    tool = HFLM(
        asked.checkpoint,
        device="cpu",
        dtype=asked.dtype,
        batch_size=len(asked.prompts),
        add_bos_token=False,
    )
    counted = Counted(tool.model)

    def answer(prompts: list[Prompt], budget: int) -> int:
        options = {
            "do_sample": True,
            "temperature": asked.temperature,
            "top_k": asked.top_k,
            "top_p": asked.top_p,
            "max_gen_toks": budget,
            "until": [],
        }
        before = counted.tokens
        tool.generate_until(
            [
                Instance("generate_until", {}, (one.rendered, options), i)
                for i, one in enumerate(prompts)
            ],
            disable_tqdm=True,
        )
        return counted.tokens - before

    return {"lm-evaluation-harness, hf": answer}


run(load)
