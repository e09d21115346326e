"""llama.cpp through llama-cpp-python's low-level functions: all prompts in one batch.

The package's own classes answer one prompt after the other. This is the loop of llama.cpp's
examples/batched, with a chain of samplers for each sequence.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import llama_cpp as cpp
from gguf_file import converted
from round import Asked, Prompt, Way, run


def load(asked: Asked) -> dict[str, Way]:
    """Load a model and make a context with one sequence for each prompt."""
    cpp.llama_backend_init()
    path = converted(Path(asked.checkpoint), asked.dtype)
    model = cpp.llama_model_load_from_file(str(path).encode(), cpp.llama_model_default_params())
    sequences = len(asked.prompts)
    longest = max(len(one.ids) for one in asked.prompts) + asked.max_new_tokens
    params = cpp.llama_context_default_params()
    params.n_ctx = sequences * (-(-longest // 64) * 64)
    params.n_batch = sum(len(one.ids) for one in asked.prompts)
    params.n_seq_max = sequences
    params.n_threads = params.n_threads_batch = 1
    params.type_k = params.type_v = cpp.GGML_TYPE_F32 if asked.dtype == "float32" else params.type_k
    context = cpp.llama_init_from_model(model, params)

    def answer(prompts: list[Prompt], budget: int) -> int:
        cpp.llama_memory_clear(cpp.llama_get_memory(context), True)
        chains = [_chain(asked, one.seed) for one in prompts]
        places = _decode(context, [(i, one.ids, 0) for i, one in enumerate(prompts)])
        for step in range(budget):
            drawn = [
                cpp.llama_sampler_sample(chain, context, place)
                for chain, place in zip(chains, places, strict=True)
            ]
            if step < budget - 1:
                places = _decode(
                    context,
                    [
                        (i, [token], len(one.ids) + step)
                        for i, (one, token) in enumerate(zip(prompts, drawn, strict=True))
                    ],
                )
        for chain in chains:
            cpp.llama_sampler_free(chain)
        return len(prompts) * budget

    return {"llama.cpp": answer}


def _chain(asked: Asked, seed: int) -> Any:
    chain = cpp.llama_sampler_chain_init(cpp.llama_sampler_chain_default_params())
    cpp.llama_sampler_chain_add(chain, cpp.llama_sampler_init_top_k(asked.top_k))
    cpp.llama_sampler_chain_add(chain, cpp.llama_sampler_init_top_p(asked.top_p, 1))
    cpp.llama_sampler_chain_add(chain, cpp.llama_sampler_init_temp(asked.temperature))
    cpp.llama_sampler_chain_add(chain, cpp.llama_sampler_init_dist(seed))
    return chain


def _decode(context: Any, parts: list[tuple[int, list[int], int]]) -> list[int]:
    """Read the next tokens of sequences, from a position on; return where their last ones stand."""
    batch = cpp.llama_batch_init(sum(len(ids) for _, ids, _ in parts), 0, 1)
    places = []
    for sequence, ids, start in parts:
        for i, token in enumerate(ids):
            n = batch.n_tokens
            batch.token[n], batch.pos[n] = token, start + i
            batch.n_seq_id[n], batch.seq_id[n][0] = 1, sequence
            batch.logits[n] = i == len(ids) - 1
            batch.n_tokens = n + 1
        places.append(batch.n_tokens - 1)
    failed = cpp.llama_decode(context, batch)
    cpp.llama_batch_free(batch)
    if failed:
        raise RuntimeError(f"llama_decode: {failed}")
    return places


run(load)
