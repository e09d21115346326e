"""A checkpoint as a folder of untrusted files: find it, refuse what could run code, identify it."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pytest_qwen.family.digests import sha256_of
from pytest_qwen.family.engines import reads_checkpoint
from pytest_qwen.family.family import Binding, Family, Hub
from pytest_qwen.files.pydantic_messages import checked
from pytest_qwen.model_io.sampling import Sampling

_PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl"}


class CheckpointError(Exception):
    """A checkpoint that is missing, unsafe or broken. Its text says what to do.

    Args:
        problem: what is wrong.
        bind: how a run binds the role to another, which commands without a run leave out.
    """

    def __init__(self, problem: str, bind: str = "") -> None:
        super().__init__(problem + bind)
        self.problem = problem


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint's folder, checked."""

    path: Path

    @cached_property
    def fingerprint(self) -> str:
        """Identify the files that decide what a model says, weights whole: 32 hex digits."""
        digest = hashlib.sha256()
        for file in sorted(self.path.iterdir()):
            if file.suffix in {".json", ".safetensors", ".jinja", ".txt", ".model"}:
                digest.update(f"{file.name}\0{sha256_of(file)}\0".encode())
        return digest.hexdigest()[:32]

    @cached_property
    def dtype(self) -> str:
        """The number format that the weights were saved in, as the config says it."""
        config = read_json(self.path / "config.json")
        return str(config.get("dtype") or config.get("torch_dtype") or "float32")

    @cached_property
    def generation_config(self) -> dict[str, Any]:
        """What `generation_config.json` says; empty without one."""
        file = self.path / "generation_config.json"
        return read_json(file) if file.is_file() else {}

    @cached_property
    def template(self) -> str | None:
        """Identify the chat template: 12 hex digits, None without one.

        Templates of one hash render the same messages alike. transformers prefers the file of its
        own to the entry in the tokenizer's config.
        """
        file = self.path / "chat_template.jinja"
        if file.is_file():
            text: Any = file.read_text(encoding="utf-8", errors="replace")
        else:
            config = self.path / "tokenizer_config.json"
            text = read_json(config).get("chat_template") if config.is_file() else None
        if not text:
            return None
        if not isinstance(text, str):  # several, by name
            text = json.dumps(text, sort_keys=True)
        digest = hashlib.sha256(text.replace("\r\n", "\n").encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:12]

    @property
    def sampling(self) -> Sampling:
        """The sampling parameters that the checkpoint recommends.

        Raises:
            CheckpointError: one of them is out of range.
        """
        values = {k: v for k, v in self.generation_config.items() if k in Sampling.model_fields}
        if self.generation_config.get("do_sample") is False:
            values["temperature"] = 0
        try:
            return checked(Sampling, values)
        except ValueError as error:
            raise CheckpointError(f"{self.path / 'generation_config.json'}: {error}") from None


def open_checkpoint(binding: Binding, family: Family, *, weights: bool = True) -> Checkpoint:
    """Find a role's checkpoint on this machine and check that its files are safe to load.

    Without `weights` only the other files are asked for: it can be looked at, not loaded.

    Raises:
        CheckpointError: it is not here, has pickled weights or code of its own, or is answered by
            an engine that reads none.
    """
    if not reads_checkpoint(binding.engine):
        raise CheckpointError(
            f"{binding.checkpoint} is answered by the engine {binding.engine}: there are no files "
            "of it to look at"
        )
    path = _locate(binding.checkpoint, binding.hub or family.hub, family.folder, weights)
    config = path / "config.json"
    if not config.is_file():
        raise CheckpointError(f"{path}: expected a checkpoint, got a folder without config.json")
    tensors = list(path.glob("*.safetensors")) if weights else []
    if weights and not tensors:
        pickles = [file.name for file in sorted(path.iterdir()) if file.suffix in _PICKLES]
        got = f"pickled weights ({pickles[0]}), which could run code" if pickles else "none"
        raise CheckpointError(f"{path}: expected weights as safetensors, got {got}")
    for file in (config, path / "tokenizer_config.json"):
        if file.is_file() and (key := _code_keys(read_json(file))):
            raise CheckpointError(
                f"{file}: expected a model that transformers knows, got {key!r}, "
                "which would run the checkpoint's own code"
            )
    for file in tensors:
        _check_safetensors(file)
    return Checkpoint(path)


def _locate(name: str, hub: Hub, folder: Path, weights: bool) -> Path:
    if hub == "local" or Path(name).is_absolute():
        local = folder / name  # an absolute name stays itself
        if local.is_dir():
            return local.resolve()
        raise CheckpointError(f"expected a checkpoint at {local}, got nothing there")
    if name.startswith(("./", "../")):
        raise CheckpointError(
            f"expected the hub id of a checkpoint, got the folder {name}: write `hub: local` in "
            "the family's file",
            ", or bind the role to it with --qwen-model ROLE=PATH",
        )
    if hub == "modelscope":
        path, command = _from_modelscope(name), f"modelscope download --model {name}"
    else:
        path, command = _from_huggingface(name), f"hf download {name}"
    command += "" if weights else " --exclude '*.safetensors'"
    if path is None:
        raise CheckpointError(
            f"expected the checkpoint {name} on this machine, got none: type `{command}`",
            ", or bind the role to a folder with --qwen-model ROLE=PATH",
        )
    return path


def _from_huggingface(name: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def _from_modelscope(name: str) -> Path | None:
    """Look where `modelscope download` puts a model; dots in its name are kept or written `___`."""
    cache = Path(os.environ.get("MODELSCOPE_CACHE") or Path.home() / ".cache/modelscope/hub")
    spellings = (name, name.replace(".", "___"))
    places = (cache / middle / spelt for middle in ("models", "") for spelt in spellings)
    return next((place for place in places if place.is_dir()), None)


def read_json(file: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        CheckpointError: the file holds something else.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{file}: expected JSON, got {error}") from None
    if not isinstance(data, dict):
        raise CheckpointError(f"{file}: expected a JSON object, got {type(data).__name__}")
    return data


def _code_keys(data: Any) -> str | None:
    """Return a key, at any depth, that makes transformers import code or trust internals."""
    if isinstance(data, list):
        return next(filter(None, map(_code_keys, data)), None)
    if not isinstance(data, dict):
        return None
    for key, value in data.items():
        if key == "auto_map" or key.endswith("_internal"):
            return str(key)
        if inner := _code_keys(value):
            return inner
    return None


def _check_safetensors(file: Path) -> None:
    """Refuse a file whose header does not fit it: truncated, an LFS pointer, something else."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        start = opened.read(8)
        length = int.from_bytes(start, "little")
        if start.startswith(b"version "):
            got = "a Git LFS pointer: fetch the file with `git lfs pull`"
        elif len(start) < 8 or length > size - 8:
            got = f"{size} bytes that do not hold its header: download it again"
        else:
            try:
                header = json.loads(opened.read(length))
                ends = [t["data_offsets"][1] for n, t in header.items() if n != "__metadata__"]
                if 8 + length + max(ends, default=0) == size:
                    return
                got = f"{size} bytes, not {8 + length + max(ends)}: download it again"
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                got = "a header that cannot be read: download it again"
    raise CheckpointError(f"{file}: expected safetensors weights, got {got}")
