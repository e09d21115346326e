"""What a text depends on besides its request: device, number format and library versions.

Read without importing torch, because replay must not need it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@dataclass(frozen=True)
class Environment:
    """Where a reply was generated. Replies of different environments are never mixed."""

    device: str
    dtype: str
    torch: str
    transformers: str

    def __str__(self) -> str:
        return f"{self.device} {self.dtype}, torch {self.torch}, transformers {self.transformers}"


def environment(device: str, dtype: str) -> Environment:
    """Describe this machine for a role bound to `device` and `dtype`."""
    kind = resolve(device).split(":")[0]
    return Environment(kind, dtype, _version("torch"), _version("transformers"))


def resolve(device: str) -> str:
    """Return the device that `auto` stands for: the GPU where there is one, else the CPU.

    A CPU build of torch says so in its version (`2.13.0+cpu`); for others the NVIDIA driver's
    control device tells, and `CUDA_VISIBLE_DEVICES` may hide it.
    """
    if device != "auto":
        return device
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in {"", "-1"}
    built_for_cpu = _version("torch").endswith("+cpu")
    has_gpu = Path("/dev/nvidiactl").exists() or Path("/dev/dxg").exists()
    return "cuda" if has_gpu and not hidden and not built_for_cpu else "cpu"


@cache
def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "none"
