"""Whether a checkpoint finds room beside what is loaded already."""

from __future__ import annotations

import gc
from pathlib import Path

import torch

from pytest_qwen.engine.environment import free_memory

_WORK = 1.25
"""How much a model needs for one byte of weights, with caches and what is computed."""


def fits(path: Path, device: str, dtype: str, *, saved: str) -> bool:
    """Say whether a checkpoint has room; it was `saved` in one number format, `dtype` is another.

    A device that does not tell how much is free is trusted to have it.
    """
    free = _free(device)
    size = sum(file.stat().st_size for file in path.glob("*.safetensors"))
    return free is None or size * _bytes(dtype, saved) / _bytes(saved) * _WORK < free


def _bytes(dtype: str, auto: str = "float32") -> int:
    number = getattr(torch, auto if dtype == "auto" else dtype, torch.float32)
    return number.itemsize if isinstance(number, torch.dtype) else 4


def _free(device: str) -> int | None:
    """Return how many bytes are free; None where that is not known."""
    if device.startswith("cuda"):
        gc.collect()
        torch.cuda.empty_cache()  # what was let go of is free only then
        return torch.cuda.mem_get_info(device)[0]
    return free_memory() if device.startswith("cpu") else None
