"""Prompts that were read already: a whole one, or the chunks with which another begins."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from torch import Tensor

from pytest_qwen.engine.local.slots.attention import CHUNK, Cache

LIMIT = 256 << 20
"""Bytes of keys and values that are kept; what was used longest ago goes first."""

Ids = tuple[int, ...]


class Prefixes:
    """Copies of what was computed for prompts.

    What is kept for a token was computed from the tokens before it in canonical chunks, so a copy
    has the bits that reading again would give.
    """

    def __init__(self) -> None:
        self._prompts: OrderedDict[Ids, tuple[Tensor, Tensor]] = OrderedDict()
        self._begins: dict[Ids, Ids] = {}  # the first chunks of a prompt → the prompt
        self._bytes = 0

    def keep(self, prompt: Sequence[int], copied: Tensor, logits: Tensor) -> None:
        """Keep a prompt's keys and values, and the logits after it."""
        ids = tuple(prompt)
        if ids in self._prompts:
            return
        self._prompts[ids] = copied, logits.clone()  # not the whole pass that it is a row of
        self._bytes += copied.nbytes
        for begin in _begins(ids):
            self._begins[begin] = ids
        while self._bytes > LIMIT and len(self._prompts) > 1:
            gone, (tensor, _) = self._prompts.popitem(last=False)
            self._bytes -= tensor.nbytes
            for begin in _begins(gone):
                if self._begins.get(begin) == gone:
                    del self._begins[begin]

    def load(self, prompt: Sequence[int], cache: Cache, slot: int) -> tuple[int, Tensor | None]:
        """Put as much of a prompt as there is into a slot.

        Returns the number of tokens, and the logits after the last where that is the prompt's.
        """
        ids = tuple(prompt)
        if ids in self._prompts:
            self._prompts.move_to_end(ids)
            copied, logits = self._prompts[ids]
            cache.grow(len(ids))
            cache.put(slot, copied)
            return len(ids), logits
        for begin in _begins(ids):
            if begin in self._begins:
                copied, _ = self._prompts[self._begins[begin]]
                cache.grow(len(begin))
                cache.put(slot, copied[:, :, :, : len(begin)])
                return len(begin), None
        return 0, None


def _begins(ids: Ids) -> list[Ids]:
    """Return the first chunks of a prompt, longest first; never the whole of it."""
    return [ids[:end] for end in range((len(ids) - 1) // CHUNK * CHUNK, 0, -CHUNK)]
