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
from pytest_qwen.messages.reason import Reason

MIN_TOKENS = (4, 16, 32)
"""How few tokens a pass may have: more threads share a matrix, and each needs its four rows."""

NEAR = {torch.float32: 1e-3, torch.bfloat16: 0.25, torch.float16: 0.05}
"""How far logits may be from those of transformers' eager attention, relative to their spread."""


def opened(loaded: Loaded, rows: int) -> SlotLane | Reason:
    """Return the slot lane of a model, or why it does not hold.

    The model keeps the attention function that the answer needs.

    Raises:
        torch.OutOfMemoryError: there is no memory to ask.
    """
    model = loaded.model
    if unsuited := _unsuited(model):
        return unsuited
    before = getattr(model.config, "_attn_implementation", "eager")  # there is no public reader
    try:
        eager = _eager(model)
        model.set_attn_implementation(NAME)
        for min_tokens in MIN_TOKENS:
            if _holds(model, min_tokens, eager):
                return SlotLane(loaded, rows, min_tokens)
    except torch.OutOfMemoryError:
        raise
    except Exception:  # noqa: BLE001 - another architecture: the reference lane serves it
        why = Reason("lane.reference_failed")
    else:
        why = Reason("lane.reference_probe")
    model.set_attn_implementation(before)
    return why


def is_dense(model: Any) -> bool:
    """Say whether each token of the model is computed alike, but for plain attention."""
    experts = ("num_experts", "num_local_experts", "n_routed_experts")
    return _unsuited(model) is None and not any(
        getattr(model.config, name, None) for name in experts
    )


ROPE = {"default", "linear", "yarn", "llama3"}
"""Rotary embeddings in which a position's angle depends on the position alone."""


def _unsuited(model: Any) -> Reason | None:
    """Say why not each layer is plain attention over all that came before; None where it is."""
    config = model.config
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    rope = (getattr(config, "rope_parameters", None) or {}).get("rope_type", "default")
    slides = getattr(config, "sliding_window", None) and (
        getattr(config, "use_sliding_window", None) is not False
    )
    plain = hasattr(config, "num_key_value_heads") and hasattr(model, "lm_head")
    if not plain or kinds != {"full_attention"} or slides:
        return Reason("lane.reference_layers")
    return None if rope in ROPE else Reason("lane.reference_positions")


def _ids(model: Any, count: int) -> list[int]:
    """Return token ids that mean nothing: steps through the vocabulary."""
    return [(7 + 7919 * i) % model.config.vocab_size for i in range(count)]


_OTHERS = 45
"""Rows beside the one that is looked at: with them kernels are those of larger products."""

_PROMPT, _NEXT = CHUNK + 6, 3  # a chunk and a bit, then some tokens one by one
_ENDS = range(_PROMPT, _PROMPT + _NEXT + 1)


@torch.inference_mode()
def _eager(model: Any) -> Tensor:
    """Return transformers' logits after the prompt and each token that follows."""
    model.set_attn_implementation("eager")
    ids = torch.tensor([_ids(model, _PROMPT + _NEXT)], device=model.device)
    logits: Tensor = model(input_ids=ids, use_cache=False).logits[0, _PROMPT - 1 :]
    return logits.float()


@torch.inference_mode()
def _holds(model: Any, min_tokens: int, eager: Tensor) -> bool:
    alone = _logits(model, min_tokens, twins=0, others=0)
    among = _logits(model, min_tokens, twins=3, others=_OTHERS)
    near = NEAR.get(model.dtype, 0.0) * float(eager.std())
    return torch.equal(alone, among) and bool((alone.float() - eager).abs().max() <= near)


def _logits(model: Any, min_tokens: int, twins: int, others: int) -> Tensor:
    """Return the logits of a row among others, in every pass of them.

    Its twins have read the first chunk too; of the others one is far ahead, the rest are short.
    """
    cache = Cache(model, others + twins + 1)
    ids = _ids(model, _PROMPT + _NEXT)
    own = others + twins  # the last slot: the twins before it stand in one run with it
    short = [Segment(slot, 0, ids[: 1 + slot % 3]) for slot in range(others)]
    if short:
        short[0] = Segment(0, 3 * CHUNK, ids[:1])  # as if it had read so much
    forward(model, cache, [*short, Segment(own, 0, ids[:CHUNK])], min_tokens)
    for slot in range(others, own):
        cache.put(slot, 0, cache.copied(own, 0, CHUNK))
    logits = []
    held = {segment.slot: segment.position + len(segment.ids) for segment in short}
    for start, end in zip([CHUNK, *_ENDS], _ENDS, strict=False):
        beside = [Segment(slot, n, ids[:1]) for slot, n in held.items()]
        held = {slot: n + 1 for slot, n in held.items()}
        same = [Segment(slot, start, ids[start:end]) for slot in range(others, own + 1)]
        logits.append(forward(model, cache, [*beside, *same], min_tokens)[-1])
    return torch.stack(logits)
