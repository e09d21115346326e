"""One pass over the next tokens of many rows, packed into one sequence.

    slot 0  "…的"           one token each for rows that are being drawn
    slot 1  "…是"
    slot 2  "请|用|一句|话…"  up to 64 for rows whose prompt is being read

All but attention works token by token, so packing costs nothing and pads nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from typing import Any, NamedTuple

import torch
from torch import Tensor

from pytest_qwen.engine.local.slots.attention import CHUNK, Cache, Pass, Place, SharedRun


class Segment(NamedTuple):
    """The next tokens of one slot, beginning at a position; they never cross a chunk's end."""

    slot: int
    position: int
    ids: Sequence[int]

    @property
    def chunk(self) -> int:
        """The number of the chunk that these tokens are in."""
        return self.position // CHUNK


def forward(model: Any, cache: Cache, segments: Sequence[Segment], min_tokens: int) -> Tensor:
    """Return logits after the last token of each segment: (segments, vocabulary).

    Fewer than `min_tokens` tokens are filled up, because small products take other kernels.
    """
    total = sum(len(segment.ids) for segment in segments)
    packed = list(segments)
    if total < min_tokens:
        packed.append(Segment(cache.spare, 0, [0] * (min_tokens - total)))
    cache.grow(max(segment.chunk + 1 for segment in packed) * CHUNK)
    device = model.device
    ids = torch.tensor([i for s in packed for i in s.ids], device=device)
    position = torch.tensor(
        [s.position + i for s in packed for i in range(len(s.ids))], device=device
    )
    slots = Pass(cache, list(_places(packed, device)), list(_runs(packed, position)))
    states = model.model(
        input_ids=ids[None],
        position_ids=position[None],
        attention_mask={"full_attention": None},
        use_cache=False,
        slots=slots,
    ).last_hidden_state[0]
    ends = torch.tensor([len(s.ids) for s in packed], device=device).cumsum(0) - 1
    last = ends[: len(segments)]
    if len(last) < min_tokens:
        last = torch.cat([last, last.new_zeros(min_tokens - len(last))])
    logits: Tensor = model.lm_head(states[last])[: len(segments)]
    return logits


def _places(segments: Sequence[Segment], device: torch.device) -> Iterator[Place]:
    """Say where the tokens belong, chunk by chunk."""
    starts = accumulate((len(segment.ids) for segment in segments), initial=0)
    numbered = sorted(zip(segments, starts, strict=False), key=lambda pair: pair[0].chunk)
    for chunk, group in groupby(numbered, lambda pair: pair[0].chunk):
        tokens = [
            (start + i, segment.slot, segment.position % CHUNK + i)
            for segment, start in group
            for i in range(len(segment.ids))
        ]
        yield Place(chunk, *torch.tensor(tokens, device=device).T)


def _runs(segments: Sequence[Segment], position: Tensor) -> Iterator[SharedRun]:
    """Put adjacent slots with equally many tokens together, whole chunks of prompts by chunk."""
    token = 0

    def together(numbered: tuple[int, Segment]) -> tuple[int, int, int]:
        i, segment = numbered
        tokens = len(segment.ids)
        return segment.slot - i, tokens, segment.chunk if tokens > 1 else 0

    for _, group in groupby(enumerate(segments), together):
        run = [segment for _, segment in group]
        slots, tokens = len(run), len(run[0].ids)
        chunks = max(segment.chunk for segment in run) + 1
        own = position[token : token + slots * tokens].view(slots, 1, 1, tokens, 1)
        ahead = torch.arange(chunks * CHUNK, device=position.device) > own
        yield SharedRun(token, run[0].slot, slots, tokens, chunks, ahead)
        token += slots * tokens
