"""Keys and values of all rows, and the attention of each row to its own.

A token's place in the cache is its position in its row, so nothing is padded at the left; and the
length over which a token attends is a function of its position: the next multiple of 64. Both make
a row's numbers its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AttentionInterface

CHUNK = 64
"""Tokens: prompts are read in chunks that begin at multiples of this, and lengths end at one."""

MIN_QUERIES = 4
"""Query rows for each head of keys: below, matrix products take other kernels."""

_SMALL = 1 << 28  # bytes that any machine has
_MEMINFO = Path("/proc/meminfo")

NAME = "pytest_qwen_slots"


class Cache:
    """Keys and values, for each layer a tensor of shape (slots, heads, length, head size).

    The last slot belongs to no row: what is computed to fill a batch up goes there. Memory is taken
    as tokens come.
    """

    def __init__(self, model: Any, slots: int) -> None:
        config = model.config
        size = getattr(config, "head_dim", None) or (
            config.hidden_size // config.num_attention_heads
        )
        shape = (slots + 1, config.num_key_value_heads, 0, size)
        options = {"dtype": model.dtype, "device": model.device}
        layers = range(config.num_hidden_layers)
        self.keys = [torch.zeros(shape, **options) for _ in layers]
        self.values = [torch.zeros(shape, **options) for _ in layers]

    @property
    def length(self) -> int:
        """The number of tokens that a slot can hold."""
        return self.keys[0].shape[2]

    @property
    def spare(self) -> int:
        """The slot that belongs to no row."""
        return self.keys[0].shape[0] - 1

    def grow(self, length: int) -> None:
        """Make every slot hold at least `length` tokens.

        Raises:
            torch.OutOfMemoryError: they would not fit; the cache is as it was.
        """
        if length <= self.length:
            return
        more = -(-max(length, self.length * 3 // 2) // CHUNK) * CHUNK - self.length
        slots, heads, _, size = self.keys[0].shape
        tokens = 2 * len(self.keys) * slots * heads * size * (more + self.length)
        check_free(tokens * self.keys[0].element_size(), self.keys[0].device)
        grown = [
            [functional.pad(tensor, (0, 0, 0, more)) for tensor in tensors]
            for tensors in (self.keys, self.values)
        ]
        self.keys, self.values = grown

    def copied(self, slot: int, start: int, end: int) -> Tensor:
        """Return some tokens of a slot: (2, layers, heads, tokens, head size)."""
        both = (self.keys, self.values)
        return torch.stack([torch.stack([t[slot, :, start:end] for t in ts]) for ts in both])

    def put(self, slot: int, start: int, copied: Tensor) -> None:
        """Put copied tokens into a slot."""
        end = start + copied.shape[3]
        self.grow(end)
        for tensors, copies in zip((self.keys, self.values), copied, strict=True):
            for tensor, copy in zip(tensors, copies, strict=True):
                tensor[slot, :, start:end] = copy

    def clear(self, slot: int) -> None:
        """Forget a slot whose numbers are broken: a masked NaN is still a NaN."""
        for tensor in (*self.keys, *self.values):
            tensor[slot] = 0


def check_free(wanted: int, device: torch.device) -> None:
    """Check that there is memory for so many bytes on a device.

    A GPU says so itself. A CPU's system promises more than it has, and kills whoever uses it.

    Raises:
        torch.OutOfMemoryError: there is not.
    """
    if device.type == "cpu" and wanted > _SMALL and _MEMINFO.exists():
        lines = dict(line.split(":") for line in _MEMINFO.read_text("utf-8").splitlines())
        free = int(lines["MemAvailable"].split()[0]) << 10
        if wanted > free:
            raise torch.OutOfMemoryError(f"{wanted:,} bytes wanted, {free:,} free")


@dataclass(frozen=True)
class Run:
    """Adjacent tokens of adjacent slots that attend over the same length.

    `tokens` counts those of each slot; `ahead` is (slots, 1, 1, tokens, length): what comes after.
    """

    first_token: int
    first_slot: int
    slots: int
    tokens: int
    length: int
    ahead: Tensor


@dataclass(frozen=True)
class Places:
    """Where the tokens of one forward pass belong: `slot` and `position` are of shape (tokens,)."""

    cache: Cache
    slot: Tensor
    position: Tensor
    runs: list[Run]


def attend(  # noqa: PLR0917 - transformers calls it by position
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,  # noqa: ARG001 - runs have their own
    scaling: float,
    places: Places | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attend as transformers asks it of an attention function.

    `query`, `key` and `value` are (1, heads, tokens, head size), the result is
    (1, tokens, heads, head size).
    """
    assert places is not None, "the model does not pass its arguments on"
    cache = places.cache
    keys, values = cache.keys[module.layer_idx], cache.values[module.layer_idx]
    keys[places.slot, :, places.position] = key[0].transpose(0, 1)
    values[places.slot, :, places.position] = value[0].transpose(0, 1)
    out = torch.empty_like(query.transpose(1, 2), memory_format=torch.contiguous_format)
    for run in places.runs:
        end = run.first_token + run.slots * run.tokens
        rows = slice(run.first_slot, run.first_slot + run.slots)
        said = _attend_run(
            query[0, :, run.first_token : end],
            keys[rows, :, : run.length],
            values[rows, :, : run.length],
            run,
            scaling,
        )
        out[0, run.first_token : end] = said
    return out, None


def _attend_run(query: Tensor, keys: Tensor, values: Tensor, run: Run, scaling: float) -> Tensor:
    """Attend for a run: query (heads, slots · tokens, size) → (slots · tokens, heads, size).

    Heads that share keys stand together as rows of one matrix, and a slot's matrices are products
    of their own, so that no other slot is in them.
    """
    slots, heads, length, size = keys.shape
    groups = query.shape[0] // heads
    rows = groups * run.tokens
    q = query.view(heads, groups, slots, run.tokens, size).permute(2, 0, 1, 3, 4)
    q = _filled(q.reshape(slots * heads, rows, size))
    weights = torch.bmm(q, keys.flatten(0, 1).transpose(1, 2))[:, :rows].mul_(scaling)
    weights = weights.view(slots, heads, groups, run.tokens, length)
    weights = weights.masked_fill(run.ahead, -torch.inf)  # not added: what is stale may be infinite
    weights = weights.softmax(-1, dtype=torch.float32).to(q.dtype)
    weights = _filled(weights.view(slots * heads, rows, length))
    said = torch.bmm(weights, values.flatten(0, 1))[:, :rows]
    said = said.view(slots, heads, groups, run.tokens, size).permute(0, 3, 1, 2, 4)
    return said.reshape(slots * run.tokens, heads * groups, size)


def _filled(matrices: Tensor) -> Tensor:
    """Fill matrices up to the fewest rows for which products take the usual kernels."""
    missing = MIN_QUERIES - matrices.shape[1]
    return functional.pad(matrices, (0, 0, 0, missing)) if missing > 0 else matrices


AttentionInterface.register(NAME, attend)
