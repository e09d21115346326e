"""A checkpoint's folder becomes a model and a tokenizer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, logging

from pytest_qwen.core.thinking import TagIds
from pytest_qwen.engine import EngineError

_SMALL = 50_000_000  # parameters up to which a second thread costs more than it brings


@dataclass(frozen=True)
class Loaded:
    """A model, its tokenizer, the ids that end a reply and of the tags in it, and its threads."""

    model: Any
    tokenizer: Any
    stop_ids: tuple[int, ...]
    tags: TagIds
    threads: int

    @property
    def pad_id(self) -> int:
        """The padding token, or any other: padding is masked."""
        pad = self.tokenizer.pad_token_id
        return int(self.stop_ids[0] if pad is None else pad)


def load(path: Path, device: str, dtype: str) -> Loaded:
    """Load a checkpoint that `family.checkpoint` has found safe.

    Raises:
        EngineError: transformers or torch cannot load it, or the device is not there.
    """
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        with _quiet():
            tokenizer = AutoTokenizer.from_pretrained(path, **options)
            model = AutoModelForCausalLM.from_pretrained(
                path, use_safetensors=True, dtype=dtype, **options
            )
        model = model.to(device).eval()
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EngineError(f"{path}: cannot be loaded on {device} as {dtype}: {reason}") from error
    threads = 1 if model.num_parameters() < _SMALL else _threads()
    tags = TagIds(*(_id(tokenizer, tag) for tag in ("<think>", "</think>", "<tool_call>")))
    return Loaded(model, tokenizer, _stop_ids(model, tokenizer), tags, threads)


def _id(tokenizer: Any, token: str) -> int | None:
    """Return the id of a token by its string; None where the tokenizer would spell it out."""
    found = tokenizer.get_vocab().get(token)
    return None if found is None else int(found)


def _stop_ids(model: Any, tokenizer: Any) -> tuple[int, ...]:
    """Return the union of what tokenizer, config and generation config call the end.

    They disagree in published checkpoints (QwenLM/Qwen3#1422). The model's own generation config
    is then cleared: `generate` would mix its sampling parameters into ours.
    """
    said = (tokenizer.eos_token_id, model.config.eos_token_id, model.generation_config.eos_token_id)
    ids = {i for ids in said if ids is not None for i in (ids if isinstance(ids, list) else [ids])}
    model.generation_config = GenerationConfig()
    return tuple(sorted(ids))


def _threads() -> int:
    """Share the cores among the workers of pytest-xdist, which tells each how many there are."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return max(1, cores // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep loading bars and advice out of a test run's output."""
    level = logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        logging.enable_progress_bar()
