"""Chunks of prompts that were read already: of the same prompt, or of one that begins alike."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from torch import Tensor

LIMIT = 256 << 20
"""Bytes that are kept; what was used longest ago goes first."""

Ids = tuple[int, ...]


class Chunk(NamedTuple):
    """Keys and values of a chunk, as `Cache.copied` gives them, and the logits after it."""

    copied: Tensor
    logits: Tensor


class Prefixes:
    """Chunks by all token ids from the prompt's first to the chunk's last.

    What is kept for a token was computed from the tokens before it in canonical chunks, so a copy
    has the bits that reading again would give.
    """

    def __init__(self) -> None:
        self._chunks: OrderedDict[Ids, Chunk] = OrderedDict()
        self._bytes = 0

    def get(self, ids: Ids) -> Chunk | None:
        """Return the chunk that ends a prompt's first ids."""
        if ids in self._chunks:
            self._chunks.move_to_end(ids)
        return self._chunks.get(ids)

    def keep(self, ids: Ids, chunk: Chunk) -> None:
        """Keep a chunk."""
        self._chunks[ids] = chunk
        self._bytes += chunk.copied.nbytes + chunk.logits.nbytes
        while self._bytes > LIMIT:
            _, gone = self._chunks.popitem(last=False)
            self._bytes -= gone.copied.nbytes + gone.logits.nbytes
