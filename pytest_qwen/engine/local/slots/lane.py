"""Who is in and who is out: rows leave as they end, and waiting ones take their slots.

step:  admit ─▶ read prompts, a chunk each ─▶ draw a token each ─▶ release what ended
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pytest_qwen.engine.local.load import Loaded
from pytest_qwen.engine.local.row import Row
from pytest_qwen.engine.local.sampling import Sampler
from pytest_qwen.engine.local.slots.attention import CHUNK, Cache
from pytest_qwen.engine.local.slots.forward import Segment, forward
from pytest_qwen.engine.local.slots.prefix import Key, Prefixes

PREFILL = 16 * CHUNK
"""The most prompt tokens that one step reads, so that rows that are being said wait little."""


@dataclass(eq=False)
class Seat:
    """A row in a slot: how many of its tokens are in the cache, and the logits after them.

    `chunk` is the number of the prompt's chunk that was read last, see prefix.py.
    """

    row: Row
    held: int = 0
    logits: Tensor | None = None
    chunk: int = 0

    @property
    def reads(self) -> bool:
        """Whether the prompt is still being read."""
        return self.held < len(self.row.prompt)

    @property
    def next(self) -> Sequence[int]:
        """The tokens to be read next: the rest of a chunk of the prompt, or what was drawn."""
        end = (self.held // CHUNK + 1) * CHUNK
        return self.row.prompt[self.held : end] if self.reads else self.row.new[-1:]


class SlotLane:
    """Decodes many rows at once; see `lane.Lane`. Seats are numbered as the slots of the cache.

    `read_tokens` counts the tokens of prompts that were computed, not copied.
    """

    def __init__(self, loaded: Loaded, rows: int, min_tokens: int) -> None:
        self._loaded, self._min_tokens = loaded, min_tokens
        self._seats: list[Seat] = []
        self._sampler: Sampler | None = None
        self.read_tokens = 0
        self.resize(rows)

    def resize(self, rows: int) -> None:
        """Take so many rows at most from now on, when none is in."""
        self._rows = rows
        self._cache = Cache(self._loaded.model, rows)
        self._prefixes = Prefixes()
        self._logits: Tensor | None = None

    @property
    def rows(self) -> Sequence[Row]:
        """The rows that are in, by slot."""
        return [seat.row for seat in self._seats]

    @torch.inference_mode()
    def step(self, waiting: dict[str, Row]) -> list[Row]:
        """Read the next tokens of all rows and draw one for each whose prompt is read."""
        start = time.monotonic()
        while waiting and len(self._seats) < self._rows:
            self._cache.clear(len(self._seats))  # a NaN that is masked is still a NaN
            self._seats.append(Seat(waiting.pop(next(iter(waiting)))))
        self._read()
        self._draw(start)
        return self._release()

    def _read(self) -> None:
        """Read one chunk or token of each row, within the limit for prompts."""
        segments: list[Segment] = []
        reading: set[Key] = set()
        tokens = 0
        for slot, seat in enumerate(self._seats):
            self._copy(slot, seat)
            if seat.logits is not None:
                continue
            if seat.reads:
                key = Key(seat.chunk, tuple(seat.next))
                if key in reading or tokens >= PREFILL:
                    continue  # a twin reads it, or the next step will
                reading.add(key)
                tokens += len(key.ids)
            segments.append(Segment(slot, seat.held, seat.next))
        if not segments:
            return
        logits = forward(self._loaded.model, self._cache, segments, self._min_tokens)
        for (slot, start, ids), row in zip(segments, logits, strict=True):
            seat = self._seats[slot]
            if seat.reads:
                self.read_tokens += len(ids)
                copied = self._cache.copied(slot, start, start + len(ids))
                seat.chunk = self._prefixes.keep(seat.chunk, ids, copied, row.clone()).number
            seat.held += len(ids)
            seat.logits = None if seat.reads else row

    def _copy(self, slot: int, seat: Seat) -> None:
        """Copy the chunks of a prompt that were read before."""
        while seat.reads and (chunk := self._prefixes.get(seat.chunk, seat.next)):
            self._cache.put(slot, seat.held, chunk.copied)
            seat.held += len(seat.next)
            seat.chunk = chunk.number
            seat.logits = None if seat.reads else chunk.logits

    def _draw(self, start: float) -> None:
        """Draw for all rows that have logits; the step began at `start`."""
        ready = [seat for seat in self._seats if seat.logits is not None]
        if not ready:
            return
        logits = self._together([seat.logits for seat in ready if seat.logits is not None])
        for seat in ready:
            seat.logits = None
        rows = [seat.row for seat in ready]
        if self._sampler is None or self._sampler.rows != rows:
            self._sampler = Sampler(rows, self._loaded.model.device)
        drawn = self._sampler.draw(logits)
        spent = time.monotonic() - start
        for row, token in zip(rows, drawn, strict=True):
            row.take(token, self._loaded.stop_ids, spent)

    def _together(self, rows: Sequence[Tensor]) -> Tensor:
        """Put logits into one place that is kept: to take as much memory anew takes longer."""
        if self._logits is None:
            self._logits = rows[0].new_empty(self._rows, len(rows[0]))
        return torch.stack(tuple(rows), out=self._logits[: len(rows)])

    def _release(self) -> list[Row]:
        """Let rows that ended go; the last row moves into the gap, so that slots stay adjacent."""
        ended = []
        for slot in reversed(range(len(self._seats))):
            row = self._seats[slot].row
            if row.finish is None:
                continue
            ended.append(row)
            last = self._seats.pop()
            if slot < len(self._seats):
                self._seats[slot] = last
                self._cache.move(len(self._seats), slot)
        return ended

    def abandon(self) -> None:
        """Give up all rows that are in."""
        self._seats, self._sampler = [], None
