"""One pass over the next tokens of many rows, packed into one sequence.

    slot 0  "…的"           one token each for rows that are being said
    slot 1  "…是"
    slot 2  "请|用|一句|话…"  up to 64 for rows whose prompt is being read

All but attention works token by token, so packing costs nothing and pads nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import torch
from torch import Tensor

from pytest_qwen.engine.local.slots.attention import CHUNK, Cache, Places, Run


class Segment(NamedTuple):
    """The next tokens of one slot, beginning at a position; they never cross a chunk's end."""

    slot: int
    position: int
    ids: Sequence[int]

    @property
    def length(self) -> int:
        """The length over which these tokens attend: their chunk's end."""
        return (self.position // CHUNK + 1) * CHUNK


def forward(model: Any, cache: Cache, segments: Sequence[Segment], min_tokens: int) -> Tensor:
    """Return logits after the last token of each segment: (segments, vocabulary).

    Fewer than `min_tokens` tokens are filled up, because small products take other kernels.
    """
    total = sum(len(segment.ids) for segment in segments)
    packed = list(segments)
    if total < min_tokens:
        packed.append(Segment(cache.spare, 0, [0] * (min_tokens - total)))
    cache.grow(max(segment.length for segment in packed))
    device = model.device
    ids = torch.tensor([i for s in packed for i in s.ids], device=device)
    slot = torch.tensor([s.slot for s in packed for _ in s.ids], device=device)
    position = torch.tensor(
        [s.position + i for s in packed for i in range(len(s.ids))], device=device
    )
    places = Places(cache, slot, position, list(_runs(packed, position)))
    states = model.model(
        input_ids=ids[None],
        position_ids=position[None],
        attention_mask={"full_attention": None},
        use_cache=False,
        places=places,
    ).last_hidden_state[0]
    ends = torch.tensor([len(s.ids) for s in packed], device=device).cumsum(0) - 1
    last = ends[: len(segments)]
    if len(last) < min_tokens:
        last = torch.cat([last, last.new_zeros(min_tokens - len(last))])
    logits: Tensor = model.lm_head(states[last])[: len(segments)]
    return logits


def _runs(segments: Sequence[Segment], position: Tensor) -> Iterator[Run]:
    """Put single tokens of adjacent slots that attend over one length together."""
    token = 0

    def together(numbered: tuple[int, Segment]) -> tuple[int, int, int]:
        i, segment = numbered
        alone = i if len(segment.ids) > 1 else -1
        return segment.slot - i, segment.length, alone

    for _, group in groupby(enumerate(segments), together):
        run = [segment for _, segment in group]
        slots, tokens, length = len(run), len(run[0].ids), run[0].length
        own = position[token : token + slots * tokens].view(slots, 1, 1, tokens, 1)
        ahead = torch.arange(length, device=position.device) > own
        yield Run(token, run[0].slot, slots, tokens, length, ahead)
        token += slots * tokens
