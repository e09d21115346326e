"""Whether the slot lane keeps its promise for a model on this machine: asked when it is loaded.

One row is read and continued alone, then among others, in other chunks of work; every logit must
be the same to the last bit, and near to what transformers' own forward pass says.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from pytest_qwen.engine.local.load import Loaded
from pytest_qwen.engine.local.slots.attention import CHUNK, NAME, Cache
from pytest_qwen.engine.local.slots.forward import Segment, forward
from pytest_qwen.engine.local.slots.lane import SlotLane

MIN_TOKENS = (4, 16, 32)
"""How few tokens a pass may have: more threads share a matrix, and each needs its four rows."""

NEAR = {torch.float32: 1e-3, torch.bfloat16: 0.25, torch.float16: 0.05}
"""How far logits may be from those of transformers' eager attention, relative to their spread."""


def opened(loaded: Loaded, rows: int) -> SlotLane | None:
    """Return the slot lane of a model, None where it does not hold.

    The model keeps the attention function that the answer needs.
    """
    model = loaded.model
    before = model.config._attn_implementation  # noqa: SLF001 - transformers has no other reader
    if _suits(model):
        eager = _eager(model)
        model.set_attn_implementation(NAME)
        for min_tokens in MIN_TOKENS:
            if _holds(model, min_tokens, eager):
                return SlotLane(loaded, rows, min_tokens)
    model.set_attn_implementation(before)
    return None


def is_dense(model: Any) -> bool:
    """Say whether each token of the model is computed alike, but for plain attention."""
    experts = ("num_experts", "num_local_experts", "n_routed_experts")
    return _suits(model) and not any(getattr(model.config, name, None) for name in experts)


def _suits(model: Any) -> bool:
    """Say whether each layer is plain attention over all that came before."""
    config = model.config
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    plain = hasattr(config, "num_key_value_heads") and hasattr(model, "lm_head")
    slides = getattr(config, "use_sliding_window", False)
    return plain and kinds == {"full_attention"} and not slides


def _ids(model: Any, count: int) -> list[int]:
    """Return token ids that mean nothing: steps through the vocabulary."""
    return [(7 + 7919 * i) % model.config.vocab_size for i in range(count)]


_PROMPT, _NEXT = CHUNK + 6, 3  # a chunk and a bit, then some tokens one by one


@torch.inference_mode()
def _eager(model: Any) -> Tensor:
    """Return transformers' logits after the prompt and each token that follows."""
    model.set_attn_implementation("eager")
    ids = torch.tensor([_ids(model, _PROMPT + _NEXT)], device=model.device)
    logits: Tensor = model(input_ids=ids, use_cache=False).logits[0, _PROMPT - 1 :]
    return logits.float()


@torch.inference_mode()
def _holds(model: Any, min_tokens: int, eager: Tensor) -> bool:
    try:
        alone, among = _logits(model, min_tokens, others=0), _logits(model, min_tokens, others=3)
    except (RuntimeError, TypeError, AssertionError, AttributeError):
        return False  # another architecture: the reference lane serves it
    near = NEAR.get(model.dtype, 0.0) * float(eager.std())
    return torch.equal(alone, among) and bool((alone.float() - eager).abs().max() <= near)


def _logits(model: Any, min_tokens: int, others: int) -> Tensor:
    """Return the logits of a row among others, which are shorter and leave one by one."""
    cache = Cache(model, others + 1, CHUNK)
    ids = _ids(model, _PROMPT + _NEXT)
    own = others  # the last slot
    beside = [Segment(slot, 0, ids[: 5 + 9 * slot]) for slot in range(others)]
    steps = [[*beside, Segment(own, 0, ids[:CHUNK])], [Segment(own, CHUNK, ids[CHUNK:_PROMPT])]]
    for i in range(_NEXT):
        more = [Segment(s.slot, len(s.ids) + i, ids[i : i + 1]) for s in beside[i:]]
        steps.append([*more, Segment(own, _PROMPT + i, ids[_PROMPT + i : _PROMPT + i + 1])])
    said = [forward(model, cache, segments, min_tokens)[-1] for segments in steps]
    return torch.stack(said[1:])
