"""Keys and values of all rows, and the attention of each row to its own.

They lie in chunks of 64 tokens, and a token's place is its position in its row, so nothing is
padded at the left. Every product is with one chunk: its shape does not depend on other rows, and
chunks that a row has not reached add zeros. Both make a row's numbers its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AttentionInterface

from pytest_qwen.engine.environment import free_memory

CHUNK = 64
"""Tokens: prompts are read, and keys and values lie, in chunks that begin at multiples of this."""

MIN_QUERIES = 4
"""Queries for each head of keys: below, matrix products take other kernels."""

_SMALL = 1 << 28  # bytes that any machine has

NAME = "pytest_qwen_slots"


class Cache:
    """Keys and values, for each chunk a tensor.

    It is (layers, 2, slots, heads, CHUNK, head size): keys, then values. The last slot belongs to
    no row: what is computed to fill a batch up goes there. Memory is taken as tokens come.
    """

    def __init__(self, model: Any, slots: int) -> None:
        config = model.config
        size = getattr(config, "head_dim", None) or (
            config.hidden_size // config.num_attention_heads
        )
        heads = config.num_key_value_heads
        self._shape = (config.num_hidden_layers, 2, slots + 1, heads, CHUNK, size)
        self._options = {"dtype": model.dtype, "device": model.device}
        self.chunks: list[Tensor] = []
        self.spare = slots

    def grow(self, length: int) -> None:
        """Make every slot hold at least `length` tokens.

        Raises:
            torch.OutOfMemoryError: they would not fit; the cache is as it was.
        """
        missing = -(-length // CHUNK) - len(self.chunks)
        if missing > 0:
            wanted = missing * math.prod(self._shape) * self._options["dtype"].itemsize
            check_free(wanted, self._options["device"])
            self.chunks += [torch.zeros(self._shape, **self._options) for _ in range(missing)]

    def copied(self, slot: int, start: int, end: int) -> Tensor:
        """Return some tokens of a chunk of a slot: (layers, 2, heads, tokens, head size)."""
        first = start // CHUNK * CHUNK
        return self.chunks[start // CHUNK][:, :, slot, :, start - first : end - first].clone()

    def put(self, slot: int, start: int, copied: Tensor) -> None:
        """Put copied tokens of a chunk into a slot."""
        self.grow(start + copied.shape[3])
        first = start // CHUNK * CHUNK
        end = start - first + copied.shape[3]
        self.chunks[start // CHUNK][:, :, slot, :, start - first : end] = copied

    def move(self, source: int, slot: int) -> None:
        """Put all that a slot holds into another."""
        for chunk in self.chunks:
            chunk[:, :, slot] = chunk[:, :, source]

    def clear(self, slot: int) -> None:
        """Forget a slot whose numbers may be broken: a masked NaN is still a NaN."""
        for chunk in self.chunks:
            chunk[:, :, slot] = 0


def check_free(wanted: int, device: torch.device) -> None:
    """Check that there is memory for so many bytes on a device.

    A GPU says so itself. A CPU's system promises more than it has, and kills whoever uses it.

    Raises:
        torch.OutOfMemoryError: there is not.
    """
    if device.type == "cpu" and wanted > _SMALL:
        free = free_memory()
        if free is not None and wanted > free:
            raise torch.OutOfMemoryError(f"{wanted:,} bytes wanted, {free:,} free")


class SharedRun(NamedTuple):
    """Tokens of adjacent slots, equally many of each, that attend together.

    `chunks` counts those that any of them has reached; `ahead` is (slots, 1, 1, tokens, length of
    these chunks): what comes after a token.
    """

    first_token: int
    first_slot: int
    slots: int
    tokens: int
    chunks: int
    ahead: Tensor


class Place(NamedTuple):
    """Where tokens of one forward pass belong in a chunk: all are of shape (tokens,)."""

    chunk: int
    token: Tensor
    slot: Tensor
    position: Tensor


@dataclass(frozen=True)
class Pass:
    """What the attention of one forward pass needs to know."""

    cache: Cache
    places: list[Place]
    runs: list[SharedRun]


def attend(  # noqa: PLR0917 - transformers calls it by position
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,  # noqa: ARG001 - runs have their own
    scaling: float,
    slots: Pass | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attend as transformers asks it of an attention function.

    `query`, `key` and `value` are (1, heads, tokens, head size), the result is
    (1, tokens, heads, head size).
    """
    assert slots is not None, "the model does not pass its arguments on"
    layers = [chunk[module.layer_idx] for chunk in slots.cache.chunks]
    new = torch.cat([key, value]).transpose(1, 2)  # (2, tokens, heads, head size)
    for place in slots.places:
        layers[place.chunk][:, place.slot, :, place.position] = new[:, place.token].transpose(0, 1)
    out = torch.empty_like(query.transpose(1, 2), memory_format=torch.contiguous_format)
    for run in slots.runs:
        end = run.first_token + run.slots * run.tokens
        rows = slice(run.first_slot, run.first_slot + run.slots)
        chunks = [layer[:, rows].flatten(1, 2) for layer in layers[: run.chunks]]
        out[0, run.first_token : end] = _attend_run(
            query[0, :, run.first_token : end], chunks, run, scaling
        )
    return out, None


def _attend_run(query: Tensor, chunks: Sequence[Tensor], run: SharedRun, scaling: float) -> Tensor:
    """Attend for a run: query (heads, slots · tokens, size) → (slots · tokens, heads, size).

    Chunks are (2, slots · heads, CHUNK, size). Heads that share keys stand together as rows of one
    matrix, and a slot's matrices are products of their own, so that no other slot is in them. Keys
    stand left, because a right factor is laid out anew for each product.
    """
    size, heads = query.shape[2], chunks[0].shape[1] // run.slots
    groups = query.shape[0] // heads
    rows = groups * run.tokens
    missing = max(0, MIN_QUERIES - rows)
    q = query.view(heads, groups, run.slots, run.tokens, size).permute(2, 0, 4, 1, 3)
    q = functional.pad(q.reshape(run.slots * heads, size, rows), (0, missing))
    weights = torch.cat([torch.bmm(keys, q) for keys, _ in chunks], dim=1).transpose(1, 2)
    weights = (weights[:, :rows] * scaling).view(run.slots, heads, groups, run.tokens, -1)
    weights = weights.masked_fill(run.ahead, -torch.inf)  # not added: what is stale may be infinite
    weights = weights.softmax(-1, dtype=torch.float32).to(q.dtype)
    weights = functional.pad(weights.view(run.slots * heads, rows, -1), (0, 0, 0, missing))
    parts = zip(torch.split(weights, CHUNK, dim=2), chunks, strict=True)
    first, *others = (torch.bmm(part, values) for part, (_, values) in parts)
    attended = first.float()
    for other in others:
        attended += other
    attended = attended[:, :rows].to(q.dtype).view(run.slots, heads, groups, run.tokens, size)
    return attended.permute(0, 3, 1, 2, 4).reshape(run.slots * run.tokens, heads * groups, size)


AttentionInterface.register(NAME, attend)
