"""The reference lane: transformers' `generate`, for every architecture, in batches of one length.

A row's numbers depend on how far its batch makes it be padded, so rows are only put together when
their prompts end in the same multiple of 32 tokens; then a prompt is padded alike in every batch.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import LogitsProcessor

from pytest_qwen.engine.local.load import Loaded
from pytest_qwen.engine.local.row import Row
from pytest_qwen.engine.local.sampling import Sampler

BUCKET = 32
"""Prompts are padded to the next multiple of this: always at least by one token, because
`generate` drops a mask that has no padding and then takes other kernels."""


class ReferenceLane:
    """Answers whole batches at once; see `lane.Lane`."""

    def __init__(self, loaded: Loaded, rows: int) -> None:
        self._loaded, self._rows = loaded, rows

    @property
    def rows(self) -> Sequence[Row]:
        """None: a step answers a whole batch."""
        return ()

    def step(self, waiting: dict[str, Row]) -> list[Row]:
        """Answer the first row that waits, and with it others of its bucket."""
        if not waiting:
            return []
        length = _padded(next(iter(waiting.values())))
        alike = [key for key, row in waiting.items() if _padded(row) == length]
        batch = [waiting.pop(key) for key in alike[: self._rows]]
        self._generate(batch, length)
        return batch

    def resize(self, rows: int) -> None:
        """Take so many rows at most from now on, when none is in."""
        self._rows = rows

    def abandon(self) -> None:
        """Do nothing: no row is in between two steps."""

    @torch.inference_mode()
    def _generate(self, batch: Sequence[Row], length: int) -> None:
        """Generate one batch; `length` is the padded length of its prompts."""
        loaded = self._loaded
        pad = [length - len(row.prompt) for row in batch]
        ids = [[loaded.pad_id] * n + list(r.prompt) for n, r in zip(pad, batch, strict=True)]
        mask = [[0] * n + [1] * len(r.prompt) for n, r in zip(pad, batch, strict=True)]
        loaded.model.generate(
            input_ids=torch.tensor(ids, device=loaded.model.device),
            attention_mask=torch.tensor(mask, device=loaded.model.device),
            logits_processor=[_Draws(batch, loaded)],
            do_sample=False,
            max_new_tokens=max(row.budget for row in batch),
            eos_token_id=list(loaded.stop_ids),
            pad_token_id=loaded.pad_id,
        )


def _padded(row: Row) -> int:
    return (len(row.prompt) // BUCKET + 1) * BUCKET


class _Draws(LogitsProcessor):  # type: ignore[misc] # transformers is untyped
    """Lets each row take its own token, and leaves `generate` only that one to choose.

    A row that has ended is made to say the end until all have.
    """

    def __init__(self, batch: Sequence[Row], loaded: Loaded) -> None:
        self._batch, self._stop_ids = batch, loaded.stop_ids
        self._sampler = Sampler(batch, loaded.model.device)
        self._last = time.monotonic()

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:  # noqa: ARG002
        """Return scores, (rows, vocabulary), that are 0 for the drawn token and -inf for others."""
        now = time.monotonic()
        spent, self._last = now - self._last, now
        chosen = torch.full_like(scores, -torch.inf)
        for i, (row, drawn) in enumerate(zip(self._batch, self._sampler.draw(scores), strict=True)):
            if row.finish is None:
                row.take(drawn, self._stop_ids, spent)
            chosen[i, self._stop_ids[0] if row.finish else row.new[-1]] = 0.0
        return chosen
