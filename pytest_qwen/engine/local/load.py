"""A checkpoint's folder becomes a model and a tokenizer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, logging

from pytest_qwen.engine import EngineError
from pytest_qwen.engine.local.blocks import use_blocks
from pytest_qwen.family.protocol import Protocol, read_protocol
from pytest_qwen.family.template import Template
from pytest_qwen.messages.reason import Reason

_SMALL = 50_000_000  # parameters up to which a second thread costs more than it brings


@dataclass(frozen=True)
class Loaded:
    """A model, its tokenizer, its chat protocol and template, what ends a reply, its threads.

    `notes` say what was chosen for it on this machine.
    """

    model: Any
    tokenizer: Any
    protocol: Protocol
    template: Template | None
    stop_ids: tuple[int, ...]
    threads: int
    notes: tuple[Reason, ...] = ()

    @property
    def named_tokens(self) -> dict[str, str]:
        """The special tokens by name, as transformers tells them to a template."""
        named = self.tokenizer.special_tokens_map
        return {name: token for name, token in named.items() if isinstance(token, str)}

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
    how = use_blocks(model)
    model.generation_config = GenerationConfig()  # else its sampling would be mixed into ours
    protocol, template = read_protocol(path)
    stop_ids, notes = _stop_ids(tokenizer, protocol), (how,) if how else ()
    return Loaded(model, tokenizer, protocol, template, stop_ids, threads, notes)


def _stop_ids(tokenizer: Any, protocol: Protocol) -> tuple[int, ...]:
    """Return what the files call the end, and the tokenizer: its class may have one of its own."""
    own = tokenizer.eos_token_id
    return tuple(sorted({*protocol.stop_ids, *([] if own is None else [int(own)])}))


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
