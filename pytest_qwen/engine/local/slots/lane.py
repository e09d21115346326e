"""Who is in and who is out: rows leave as they end, and waiting ones take their slots.

step:  admit ─▶ read prompts, a chunk each ─▶ draw a token each ─▶ release what ended
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pytest_qwen.core.reply import Finish
from pytest_qwen.engine.local.load import Loaded
from pytest_qwen.engine.local.row import Row
from pytest_qwen.engine.local.sampling import Sampler
from pytest_qwen.engine.local.slots.attention import CHUNK, Cache
from pytest_qwen.engine.local.slots.forward import Segment, forward
from pytest_qwen.engine.local.slots.prefix import Prefixes

PREFILL = 8 * CHUNK
"""The most prompt tokens that one step reads, so that rows that are being said wait little."""


@dataclass(eq=False)
class Seat:
    """A row in a slot: how many of its tokens are in the cache, and the logits after them."""

    row: Row
    held: int = 0
    logits: Tensor | None = None

    def next(self, slot: int) -> Segment:
        """Return what is to be read next: the token drawn last, or a chunk of the prompt."""
        prompt = self.row.prompt
        if self.held >= len(prompt):
            return Segment(slot, self.held, self.row.new[-1:])
        return Segment(slot, self.held, prompt[self.held : (self.held // CHUNK + 1) * CHUNK])


class SlotLane:
    """Decodes many rows at once; see `lane.Lane`. Seats are numbered as the slots of the cache."""

    def __init__(self, loaded: Loaded, rows: int, min_tokens: int) -> None:
        self._loaded, self._rows, self._min_tokens = loaded, rows, min_tokens
        self._cache = Cache(loaded.model, rows)
        self._prefixes = Prefixes()
        self._seats: list[Seat] = []
        self._readers: dict[tuple[int, ...], Seat] = {}
        self._sampler: Sampler | None = None

    @torch.inference_mode()
    def step(self, waiting: dict[str, Row]) -> list[Row]:
        """Read the next tokens of all rows and draw one for each whose prompt is read."""
        self._admit(waiting)
        if not self._seats:
            return []
        self._read()
        ready = [seat for seat in self._seats if seat.logits is not None]
        if ready:
            self._draw(ready)
        return self._release()

    def _admit(self, waiting: dict[str, Row]) -> None:
        while waiting and len(self._seats) < self._rows:
            row = waiting.pop(next(iter(waiting)))
            self._seats.append(Seat(row))

    def _read(self) -> None:
        """Read one chunk or token of each row, within the limit for prompts."""
        segments: list[Segment] = []
        left = PREFILL
        for slot, seat in enumerate(self._seats):
            prompt = tuple(seat.row.prompt)
            if seat.held < len(prompt):
                # A prompt is read once: its other samples wait for the copy.
                if left < CHUNK or self._readers.setdefault(prompt, seat) is not seat:
                    continue
                if seat.held == 0:
                    seat.held, seat.logits = self._prefixes.load(prompt, self._cache, slot)
                if seat.logits is not None:
                    del self._readers[prompt]
                    continue
                left -= CHUNK
            segments.append(seat.next(slot))
        if not segments:
            return
        logits = forward(self._loaded.model, self._cache, segments, self._min_tokens)
        for segment, said in zip(segments, logits, strict=True):
            seat = self._seats[segment.slot]
            seat.held += len(segment.ids)
            prompt = tuple(seat.row.prompt)
            if seat.held >= len(prompt):
                seat.logits = said
            if seat.held == len(prompt):
                self._prefixes.keep(prompt, self._cache.copied(segment.slot, seat.held), said)
                del self._readers[prompt]

    def _draw(self, ready: list[Seat]) -> None:
        rows = [seat.row for seat in ready]
        if self._sampler is None or self._sampler.rows != rows:
            self._sampler = Sampler(rows, self._loaded.model.device)
        logits = torch.stack([seat.logits for seat in ready if seat.logits is not None])
        for seat, drawn in zip(ready, self._sampler.draw(logits), strict=True):
            seat.row.take(drawn, self._loaded.stop_ids)
            seat.logits = None

    def _release(self) -> list[Row]:
        """Let rows that ended go; the last row moves into the gap, so that slots stay adjacent."""
        ended = []
        for slot in reversed(range(len(self._seats))):
            row = self._seats[slot].row
            if row.finish is None:
                continue
            ended.append(row)
            if row.finish == Finish.NAN:
                self._cache.clear(slot)
            last = self._seats.pop()
            if slot < len(self._seats):
                self._seats[slot] = last
                self._cache.put(slot, self._cache.copied(len(self._seats), last.held))
        return ended

    def abandon(self) -> list[Row]:
        """Give up all rows that are in, and return them."""
        rows = [seat.row for seat in self._seats]
        self._seats, self._readers, self._sampler = [], {}, None
        return rows
