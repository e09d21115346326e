"""`pytest-qwen doctor`: what this machine has, and what of a family would be loaded where.

    $ pytest-qwen doctor qwen3-0.6b
    pytest-qwen 0.1.0
      python   3.11.7
      …
    qwen3-0.6b
      base     cpu/avx2 bfloat16, torch 2.13.0+cpu, transformers 5.23.0, 1.1 GiB of weights in …
      instruct expected the checkpoint Qwen/Qwen3-0.6B on this machine, got none: type …

Neither torch nor transformers is imported: their versions are those of the installed packages.
`--probe` loads each role's weights and says by which lane it would be answered, and why.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version

from pytest_qwen.cli.output import block
from pytest_qwen.engine import EngineError
from pytest_qwen.engine.environment import free_memory, resolve
from pytest_qwen.engine.models import Models
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.family.family import load_family
from pytest_qwen.files.yaml_lines import SpecError
from pytest_qwen.messages.error import CommandError
from pytest_qwen.messages.size import readable
from pytest_qwen.model_io.vocabulary import Role

PACKAGES = {
    "pytest": "",
    "torch": "local",
    "transformers": "local",
    "pytest-xdist": "workers",
    "pytest-html": "html",
    "math-verify": "math",
}
"""What is looked for, and the extra that brings it."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = f"{parser.description} Exit status 1 if a role cannot be used."
    parser.add_argument(
        "family",
        metavar="FAMILY",
        nargs="?",
        default=os.environ.get("PYTEST_QWEN_FAMILY") or "tiny",
        help="its name, or the path of its file (default: PYTEST_QWEN_FAMILY, or tiny)",
    )
    parser.add_argument(
        "--probe",
        action="store_true",
        help="load each role's weights too, and say in which way it would be answered, and why",
    )
    parser.set_defaults(run=_doctor)


def _doctor(args: argparse.Namespace) -> int:
    try:
        models = Models(load_family(args.family))
    except SpecError as error:
        raise CommandError(str(error)) from None
    packages = {name: _installed(name, extra) for name, extra in PACKAGES.items()}
    block(
        f"pytest-qwen {version('pytest-qwen')}",
        python=platform.python_version(),
        **packages,
        **_devices(),
    )
    roles = {role: _role(models, role, probe=args.probe) for role in models.family.roles}
    block(models.family.name, **{role: text for role, (text, _) in roles.items()})
    return 0 if all(usable for _, usable in roles.values()) else 1


def _installed(name: str, extra: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return f"not installed: type `pip install 'pytest-qwen[{extra}]'`"


def _devices() -> dict[str, str]:
    """Name the processor with its free memory, and each GPU that the NVIDIA driver tells of."""
    threads = f"{os.cpu_count()} threads"
    free = free_memory()
    memory = "" if free is None else f", {readable(free)} of memory free"
    devices = {"cpu": f"{platform.machine()}, {threads}{memory}"}
    if command := shutil.which("nvidia-smi"):
        query = [command, "--query-gpu=index,name,memory.free", "--format=csv,noheader"]
        listed = subprocess.run(query, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
        for line in listed.stdout.splitlines():
            index, _, rest = line.partition(", ")
            devices[f"cuda:{index}"] = f"{rest} free"
    devices["auto"] = f"stands for {resolve('auto')}"
    return devices


def _role(models: Models, role: Role, *, probe: bool) -> tuple[str, bool]:
    """Say where a role would be answered and from what, and whether it can be."""
    try:
        lines = [models.engine(role).describe()]
        if probe:
            models.release()  # one role after the other: together they may not fit
            lines += models.generation(role).notes
    except (CheckpointError, EngineError) as error:
        return str(error), False
    return "; ".join(lines), True
