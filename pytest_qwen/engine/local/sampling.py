"""Sampling seeded per request: the draw of a token depends on its own row and on nothing else.

A token is drawn by the Gumbel-max trick: argmax of logit/T + g over the candidates, where g comes
from an integer hash of (seed, sample, step, token id). Integer arithmetic gives the same bits on
any device, in any batch and in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from transformers import LogitsProcessor

from pytest_qwen.core.plan import Request

_GOLDEN = -7046029254386353131  # 0x9E3779B97F4A7C15 as a signed 64-bit integer


def _shift_right(x: Tensor, bits: int) -> Tensor:
    """Shift without dragging the sign along: torch's int64 shift is arithmetic."""
    return (x >> bits) & ((1 << (64 - bits)) - 1)


def splitmix64(x: Tensor) -> Tensor:
    """Hash int64 values elementwise (Steele, Lea and Flood 2014, https://doi.org/10.1145/2714064.2660195)."""
    x = x + _GOLDEN
    x = (x ^ _shift_right(x, 30)) * -4658895280553007687  # 0xBF58476D1CE4E5B9
    x = (x ^ _shift_right(x, 27)) * -7723592293110705685  # 0x94D049BB133111EB
    return x ^ _shift_right(x, 31)


def gumbel(seeds: Tensor, samples: Tensor, step: int, token_ids: Tensor) -> Tensor:
    """Return standard Gumbel noise, float64, in the shape of `token_ids` (rows × candidates).

    `seeds` and `samples` are int64 of shape (rows,).
    """
    row = splitmix64(splitmix64(splitmix64(seeds) + samples) + step)
    bits = _shift_right(splitmix64(row[:, None] + token_ids), 11)  # 53 bits: a double's mantissa
    uniform = (bits.double() + 0.5) * 2.0**-53
    return -torch.log(-torch.log(uniform))


@dataclass
class SeededSampling(LogitsProcessor):  # type: ignore[misc] # transformers is untyped
    """Leaves in each row only the token that the row's request draws.

    `prompt_length` is the common, padded length of the prompts. After a run, `nan` holds the rows
    whose logits were not numbers; they are made to stop.
    """

    requests: Sequence[Request]
    prompt_length: int
    attention_mask: Tensor
    stop_id: int
    nan: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        device = self.attention_mask.device
        self._seeds = torch.tensor([r.seed for r in self.requests], device=device)
        self._samples = torch.tensor([r.sample for r in self.requests], device=device)
        column = {
            name: torch.tensor(
                [[getattr(r.sampling, name) or 0.0] for r in self.requests],
                device=device,
                dtype=torch.float32,
            )
            for name in ("temperature", "top_k", "top_p", "min_p", "presence_penalty")
        }
        self._column = column
        self._repetition = torch.tensor(
            [[r.sampling.repetition_penalty or 1.0] for r in self.requests], device=device
        )
        self._penalised = bool((self._repetition != 1).any() or column["presence_penalty"].any())

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Return scores, (rows, vocabulary), that are 0 for the drawn token and -inf for others."""
        scores = scores.float()
        broken = torch.isnan(scores).any(dim=1)
        if broken.any():
            self.nan.update(broken.nonzero().flatten().tolist())
            scores = scores.masked_fill(broken[:, None], 0.0)
        if self._penalised:
            scores = self._penalise(input_ids, scores)
        drawn = self._draw(scores, input_ids.shape[1] - self.prompt_length)
        drawn = drawn.masked_fill(broken, self.stop_id)
        chosen = torch.full_like(scores, -torch.inf)
        return chosen.scatter_(1, drawn[:, None], 0.0)

    def _draw(self, scores: Tensor, step: int) -> Tensor:
        """Draw one token id a row, shape (rows,)."""
        temperature = self._column["temperature"]
        greedy = temperature == 0
        # Candidates in the order of their value, then of their id: equal values are common in
        # bfloat16, and an unstable order would differ between batches.
        values, ids = scores.sort(dim=1, descending=True, stable=True)
        values = values / temperature.masked_fill(greedy, 1.0)
        kept = self._kept(values)
        noise = gumbel(self._seeds, self._samples, step, ids).masked_fill(greedy, 0.0)
        best = (values.double() + noise).masked_fill(~kept, -torch.inf).argmax(dim=1, keepdim=True)
        return ids.gather(1, best).flatten()

    def _kept(self, values: Tensor) -> Tensor:
        """Say which candidates, sorted by falling value, top-k, then top-p, then min-p keep."""
        rank = torch.arange(values.shape[1], device=values.device)
        top_k = self._column["top_k"]
        kept = (rank < top_k) | (top_k == 0)
        probability = values.masked_fill(~kept, -torch.inf).softmax(dim=1)
        before = probability.cumsum(dim=1) - probability
        kept &= before < self._column["top_p"]
        kept &= probability >= self._column["min_p"] * probability[:, :1]
        return kept | (rank == 0)

    def _penalise(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Apply the repetition penalty to all tokens seen, the presence penalty to new ones."""
        new = torch.zeros_like(scores, dtype=torch.bool)
        new.scatter_(1, input_ids[:, self.prompt_length :], True)
        seen = torch.zeros_like(scores).scatter_add_(
            1, input_ids[:, : self.prompt_length], self.attention_mask.to(scores.dtype)
        )
        seen_or_new = (seen > 0) | new
        weaker = torch.where(scores > 0, scores / self._repetition, scores * self._repetition)
        scores = torch.where(seen_or_new, weaker, scores)
        return scores - self._column["presence_penalty"] * new
