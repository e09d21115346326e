"""Chunks of prompts that were read already: of the same prompt, or of one that begins alike."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

from torch import Tensor

BYTES, CHUNKS = 256 << 20, 512
"""The most that is kept; what was used longest ago goes first. Small models reach the second."""


class Key(NamedTuple):
    """A chunk's ids, and the number of the chunk before it: together they stand for all before."""

    before: int
    ids: tuple[int, ...]


class Chunk(NamedTuple):
    """Keys and values of a chunk, as `Cache.copied` gives them, and the logits after it."""

    number: int
    copied: Tensor
    logits: Tensor


class Prefixes:
    """The chunks that were read last.

    What is kept for a token was computed from the tokens before it in canonical chunks, so a copy
    has the bits that reading again would give.
    """

    def __init__(self) -> None:
        self._chunks: OrderedDict[Key, Chunk] = OrderedDict()
        self._numbers = count(1)  # 0 stands for nothing before
        self._bytes = 0

    def get(self, before: int, ids: Sequence[int]) -> Chunk | None:
        """Return a chunk that follows another."""
        key = Key(before, tuple(ids))
        if key in self._chunks:
            self._chunks.move_to_end(key)
        return self._chunks.get(key)

    def keep(self, before: int, ids: Sequence[int], copied: Tensor, logits: Tensor) -> Chunk:
        """Keep a chunk that follows another."""
        chunk = Chunk(next(self._numbers), copied, logits)
        self._chunks[Key(before, tuple(ids))] = chunk
        self._bytes += copied.nbytes + logits.nbytes
        while len(self._chunks) > 1 and (self._bytes > BYTES or len(self._chunks) > CHUNKS):
            _, gone = self._chunks.popitem(last=False)
            self._bytes -= gone.copied.nbytes + gone.logits.nbytes
        return chunk
