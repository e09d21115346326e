"""What a text depends on besides its request: device, instructions, number format, versions.

Read without importing torch, because replay must not need it.
"""

from __future__ import annotations

import os
import platform
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@dataclass(frozen=True)
class Environment:
    """Where a reply was generated. Replies of different environments are never mixed."""

    device: str
    instructions: str  # of a CPU: which kernels its libraries choose; of GPUs: their models
    dtype: str
    torch: str
    transformers: str

    def __str__(self) -> str:
        where = f"{self.device}/{self.instructions}" if self.instructions else self.device
        return f"{where} {self.dtype}, torch {self.torch}, transformers {self.transformers}"


def environment(device: str, dtype: str) -> Environment:
    """Describe this machine for a role bound to `device` and `dtype`."""
    kind = resolve(device).split(":")[0]
    instructions = _instructions() if kind == "cpu" else _models()
    if kind == "cpu" and (cap := os.environ.get("ONEDNN_MAX_CPU_ISA")):
        instructions += f" up to {cap}"
    return Environment(kind, instructions, dtype, _version("torch"), _version("transformers"))


def resolve(device: str) -> str:
    """Return the device that `auto` stands for: the first GPU where there is one, else the CPU.

    A CPU build of torch says so in its version (`2.13.0+cpu`); for others the NVIDIA driver's
    control device tells, and `CUDA_VISIBLE_DEVICES` may hide it.
    """
    if device != "auto":
        return "cuda:0" if device == "cuda" else device
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in {"", "-1"}
    built_for_cpu = _version("torch").endswith("+cpu")
    has_gpu = Path("/dev/nvidiactl").exists() or Path("/dev/dxg").exists()
    return "cuda:0" if has_gpu and not hidden and not built_for_cpu else "cpu"


@cache
def _instructions() -> str:
    """Name the widest vector instructions of this CPU, or its kind where that is not told."""
    cpu = Path("/proc/cpuinfo")
    words = set(cpu.read_text(encoding="utf-8").split()) if cpu.exists() else set()
    names = {"amx_bf16": "amx", "avx512_bf16": "avx512_bf16", "avx512f": "avx512", "avx2": "avx2"}
    return next((name for flag, name in names.items() if flag in words), platform.machine())


@cache
def _models() -> str:
    """Name the models of the NVIDIA GPUs, as their driver does; empty where there is none."""
    files = Path("/proc/driver/nvidia/gpus").glob("*/information")
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    named = {line.partition(":")[2].strip() for line in lines if line.startswith("Model:")}
    return ", ".join(sorted(named))


@cache
def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "none"


def free_memory(root: Path = Path("/")) -> int | None:
    """Return how many bytes a process on this machine can still take; None where that is not told.

    In a container that has a limit of its own (cgroup v2), what is left of that, where it is less.
    """
    limits = []
    with suppress(OSError):
        memory = (root / "proc/meminfo").read_text("utf-8")
        available = re.search(r"^MemAvailable: *(\d+) kB", memory, re.MULTILINE)
        limits += [int(available[1]) << 10] if available else []
    with suppress(OSError, ValueError):  # "max": no limit
        group = root / "sys/fs/cgroup"
        limit, used = (int((group / f"memory.{name}").read_text()) for name in ("max", "current"))
        stat = (group / "memory.stat").read_text()
        files = re.findall(r"^(?:in)?active_file (\d+)", stat, re.MULTILINE)
        limits.append(max(0, limit - used + sum(map(int, files))))  # what was read gives way
    return min(limits, default=None)
