"""Sampling seeded per request: the draw of a token depends on its own row and on nothing else.

A token is drawn by the Gumbel-max trick: argmax of logit/T + g over the candidates, where g comes
from an integer hash of (seed, sample, step, token id). Integer arithmetic gives the same bits on
any device, in any batch and in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import torch
from torch import Tensor

from pytest_qwen.engine.local.row import FAR, Drawn, Row
from pytest_qwen.model_io.sampling import Sampling

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


def gumbel(seeds: Tensor, samples: Tensor, steps: Tensor, token_ids: Tensor) -> Tensor:
    """Return standard Gumbel noise, float64, in the shape of `token_ids` (rows × candidates).

    `seeds`, `samples` and `steps` are int64 of shape (rows,).
    """
    return -torch.log(-torch.log(uniform(seeds, samples, steps, token_ids)))


def uniform(seeds: Tensor, samples: Tensor, steps: Tensor, token_ids: Tensor) -> Tensor:
    """Return uniform noise in (0, 1); see `gumbel`."""
    row = splitmix64(splitmix64(splitmix64(seeds) + samples) + steps)
    bits = _shift_right(splitmix64(row[:, None] + token_ids), 11)  # 53 bits: a double's mantissa
    return (bits.double() + 0.5) * 2.0**-53


WIDTHS = (64, 256, 1024)
"""How many candidates a row with a top-k looks at. Its own top-k alone says which, so that its sums
do not depend on its neighbours."""

ALL, OPEN = 0, -1
"""The width of a row that must look at all tokens, and of one that has no top-k."""

HEAD = 1024
"""How many tokens of an open row are its likeliest."""

_SIDE = -1
"""Stands for a token id in the noise that says on which side of the likeliest the token is."""


class Sampler:
    """Draws the next token of each of some rows; made anew when other rows are in the batch."""

    def __init__(self, rows: Sequence[Row], device: torch.device | str) -> None:
        self.rows = list(rows)
        samplings = [row.request.sampling for row in rows]
        self._seeds = torch.tensor([row.request.seed for row in rows], device=device)
        self._samples = torch.tensor([row.request.sample for row in rows], device=device)
        self._column = {
            name: torch.tensor(
                [[getattr(sampling, name) or 0.0] for sampling in samplings],
                device=device,
                dtype=torch.float32,
            )
            for name in ("temperature", "top_k", "top_p", "min_p")
        }
        temperature = self._column["temperature"]
        self._heat = temperature.masked_fill(temperature == 0, 1.0)
        alike: dict[int, list[int]] = {}
        for i, sampling in enumerate(samplings):
            alike.setdefault(_width(sampling), []).append(i)
        self._alike = [(w, torch.tensor(index, device=device)) for w, index in alike.items()]

    def draw(self, logits: Tensor) -> list[Drawn]:
        """Draw from logits of shape (rows, vocabulary), in the model's number format."""
        scores = self._penalized(logits)
        steps = torch.tensor([len(row.new) for row in self.rows], device=scores.device)
        tokens = torch.zeros_like(steps)
        margins = torch.zeros(len(self.rows), dtype=torch.float64, device=scores.device)
        for width, index in self._alike:
            part = scores if len(self._alike) == 1 else scores[index]
            draw = self._open if width == OPEN and scores.shape[1] > HEAD else self._drawn
            tokens[index], margins[index] = draw(part, steps, index, width)
        logprobs = _logprobs(logits, tokens)  # NaN where a logit is NaN or infinite
        drawn = zip(tokens.tolist(), margins.tolist(), logprobs.tolist(), strict=True)
        return [
            Drawn(None, FAR) if isnan(logprob) else Drawn(token, margin, logprob)
            for token, margin, logprob in drawn
        ]

    def _drawn(
        self, scores: Tensor, steps: Tensor, index: Tensor, width: int
    ) -> tuple[Tensor, Tensor]:
        """Draw for the rows at `index`, which look at `width` candidates, or at all."""
        values, ids = _candidates(scores, width, self._column["top_k"][index])
        values = values / self._heat[index]
        return self._best(values, ids, _kept(values, self._at(index)), steps, index)

    def _open(
        self, scores: Tensor, steps: Tensor, index: Tensor, width: int
    ) -> tuple[Tensor, Tensor]:
        """Draw for the rows at `index`, which have no top-k: nearly always from the likeliest.

        Where top-p or min-p end among those, they decide. Where nothing is cut off, one draw says
        on which side the token is, and the others are only looked at when it is there.
        """
        scores = scores.float()
        column, hot = self._at(index), scores / self._heat[index]
        values, ids = _by_value(*hot.topk(HEAD, dim=1))
        likely = values > values[:, -1:]  # which of the last, equal ones are among them is chance
        every = hot.softmax(dim=1)
        probability = every.gather(1, ids)
        others = every.scatter(1, ids, probability.masked_fill(likely, 0.0)).cumsum(dim=1)[:, -1:]
        cut = (column["top_p"] < 1) | (column["min_p"] > 0)
        least = column["min_p"] * probability[:, :1]
        ends = (1 - others >= column["top_p"]) | (probability[:, -1:] < least)
        side = uniform(*self._names(steps, index), torch.full_like(ids[:, :1], _SIDE))
        among = torch.where(cut, ends, side >= others)[:, 0]
        kept = likely & _within(probability, column)
        tokens, margins = self._best(values, ids, kept, steps, index)
        if not bool(among.all()):
            far = ~among
            left = scores.gather(1, ids).masked_fill(likely & ~cut, -torch.inf)
            rest = scores.scatter(1, ids, left)[far]
            tokens[far], margins[far] = self._drawn(rest, steps, index[far], width)
        return tokens, margins

    def _best(
        self, values: Tensor, ids: Tensor, kept: Tensor, steps: Tensor, index: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the token whose noisy value is highest, and its distance to the runner-up."""
        greedy = self._column["temperature"][index] == 0
        noise = gumbel(*self._names(steps, index), ids)
        noisy = values.double() + noise.masked_fill(greedy, 0.0)
        noisy = noisy.masked_fill(~kept, -torch.inf)
        best = noisy.topk(min(2, noisy.shape[1]), dim=1)
        margins = best.values[:, 0] - best.values[:, -1]
        first = noisy.argmax(dim=1, keepdim=True)  # among equals the first: the lower id
        return ids.gather(1, first).flatten(), margins.clamp(max=FAR)

    def _at(self, index: Tensor) -> dict[str, Tensor]:
        return {name: values[index] for name, values in self._column.items()}

    def _names(self, steps: Tensor, index: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return what the noise of rows depends on."""
        return self._seeds[index], self._samples[index], steps[index]

    def _penalized(self, scores: Tensor) -> Tensor:
        """Apply the repetition penalty to all tokens seen, the presence penalty to new ones."""
        if not any(map(_penalizes, self.rows)):
            return scores
        scores = scores.to(torch.float32, copy=True)
        for i, row in enumerate(self.rows):
            sampling = row.request.sampling
            repetition, presence = sampling.repetition_penalty or 1.0, sampling.presence_penalty
            if repetition != 1.0:
                seen = torch.tensor(sorted({*row.prompt, *row.new}), device=scores.device)
                old = scores[i, seen]
                scores[i, seen] = torch.where(old > 0, old / repetition, old * repetition)
            if presence and row.new:
                scores[i, sorted(set(row.new))] -= presence
        return scores


_AT_ONCE = 2**20
"""Logits that are normalized at once: a CPU's cache holds so many, which halves the time."""


def _logprobs(logits: Tensor, tokens: Tensor) -> Tensor:
    """Return the natural logarithm of the probability that the model gives each row's token.

    That is before temperature, penalties and cuts. Not by `logsumexp`: it splits a lone row
    between threads, and then adds in another order.
    """
    rows = max(1, _AT_ONCE // logits.shape[1])
    chosen = [
        some.log_softmax(dim=1, dtype=torch.float32).gather(1, ids[:, None])
        for some, ids in zip(torch.split(logits, rows), torch.split(tokens, rows), strict=True)
    ]
    return torch.cat(chosen)[:, 0]


def _width(sampling: Sampling) -> int:
    """Return how many candidates a row needs: one more than its top-k, to see a tie at the end."""
    top_k = 1 if sampling.temperature == 0 else sampling.top_k or 0
    return next((w for w in WIDTHS if top_k < w), ALL) if top_k else OPEN


def _penalizes(row: Row) -> bool:
    sampling = row.request.sampling
    return bool(sampling.presence_penalty or (sampling.repetition_penalty or 1.0) != 1.0)


def _candidates(scores: Tensor, width: int, top_k: Tensor) -> tuple[Tensor, Tensor]:
    """Return values in float32 and ids, (rows, width), by falling value and then by id.

    Equal values are common in bfloat16, and an unstable order would differ between batches.
    """
    if 0 < width < scores.shape[1]:
        values, ids = _largest(scores, width)
        last = values.gather(1, top_k.long().clamp(1, width - 1) - 1)  # a greedy row's may be more
        if not bool((values[:, -1:] == last).any()):  # else more are equal than were looked at
            return _by_value(values.float(), ids)
    values, ids = scores.float().sort(dim=1, descending=True, stable=True)
    return (values[:, :width], ids[:, :width]) if width > 0 else (values, ids)


_BLOCK = 128
"""Tokens that stand for one in the first look for the largest."""


def _largest(scores: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return some of the largest values of each row and their ids, (rows, count), as `topk` does.

    They are among the blocks with the largest maxima, and finding these is one quick pass. Which of
    the values that equal the last one are returned is chance.
    """
    rows, size = scores.shape
    blocks = size // _BLOCK
    if blocks <= count:
        return scores.topk(count, dim=1)
    whole = scores[:, : blocks * _BLOCK].view(rows, blocks, _BLOCK)
    first = whole.amax(dim=2).topk(count, dim=1).indices
    near = whole.gather(1, first[:, :, None].expand(-1, -1, _BLOCK)).flatten(1)
    ids = (first[:, :, None] * _BLOCK + torch.arange(_BLOCK, device=scores.device)).flatten(1)
    rest = torch.arange(blocks * _BLOCK, size, device=scores.device).expand(rows, -1)
    values, at = torch.cat([near, scores[:, blocks * _BLOCK :]], dim=1).topk(count, dim=1)
    return values, torch.cat([ids, rest], dim=1).gather(1, at)


def _by_value(values: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Sort by falling value and then by id."""
    ids, order = ids.sort(dim=1)
    values, order = values.gather(1, order).sort(dim=1, descending=True, stable=True)
    return values, ids.gather(1, order)


def _kept(values: Tensor, column: dict[str, Tensor]) -> Tensor:
    """Say which candidates, sorted by falling value, top-k, then top-p, then min-p keep."""
    rank = torch.arange(values.shape[1], device=values.device)
    kept = (rank < column["top_k"]) | (column["top_k"] == 0)
    probability = values.masked_fill(~kept, -torch.inf).softmax(dim=1)
    return (rank == 0) | (kept & _within(probability, column))


def _within(probability: Tensor, column: dict[str, Tensor]) -> Tensor:
    """Say which candidates, by falling probability, top-p and min-p keep."""
    before = probability.cumsum(dim=1) - probability
    return (before < column["top_p"]) & (probability >= column["min_p"] * probability[:, :1])
