"""Where two runs of one request part, and how near the other token was there.

    0: 143:4.2 287:0.013 … end:7.1      sample, then each token id with its margin

A margin is the distance of the drawn token to the runner-up, in logits over temperature, noise
included. Where it is small, rounding alone can flip the draw; where it is not, the model said
something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pytest_qwen.model_io.reply import Reply

NEAR = {"float32": 0.01, "bfloat16": 0.25, "float16": 0.05}
"""Margins that rounding can overcome, by number format: some thousand units in the last place of
a logit near 10 for float32, and about four for the others, whose errors add up over layers."""

Tokens = dict[int, list[tuple[str, float]]]
"""By sample, each token's id with its margin; `end` stands for the id that ended the reply."""


class Flip(NamedTuple):
    """The first token of a sample that differs, and the margin that it had before."""

    sample: int
    token: int
    was: str
    now: str
    margin: float

    def near(self, dtype: str) -> bool:
        """Say whether rounding can have done it, in this number format."""
        return self.margin <= NEAR.get(dtype, 0.0)

    def in_words(self, dtype: str) -> str:
        """Say where the runs part and whether rounding can have done it."""
        kind = "a near tie, which rounding can flip" if self.near(dtype) else "no near tie"
        where = f"first at sample {self.sample}, token {self.token}"
        return f"{where}: {self.now} was {self.was}, {self.margin:g} apart: {kind}"


def tokens_of(replies: Sequence[Reply]) -> Tokens:
    """Return what replies are made of."""
    return {
        reply.sample: list(zip([*map(str, reply.token_ids), "end"], reply.margins, strict=False))
        for reply in replies
    }


def written(tokens: Tokens) -> list[str]:
    """Return a line for each sample."""
    return [f"{n}: " + " ".join(f"{i}:{m:.2g}" for i, m in row) for n, row in tokens.items()]


def read(lines: Sequence[str]) -> Tokens:
    """Read lines that `written` made; what cannot be read is left out."""
    tokens: Tokens = {}
    for line in lines:
        sample, _, rest = line.strip().partition(": ")
        pairs = [pair.partition(":") for pair in rest.split()]
        try:
            tokens[int(sample)] = [(token, float(margin)) for token, _, margin in pairs]
        except ValueError:
            continue
    return tokens


def first_flip(old: Mapping[int, Sequence[tuple[str, float]]], new: Tokens) -> Flip | None:
    """Return where the first sample parts that differs, None where all tokens are the same."""
    for sample in sorted(old.keys() & new.keys()):
        for number, (was, now) in enumerate(zip(old[sample], new[sample], strict=False)):
            if was[0] != now[0]:
                return Flip(sample, number, was[0], now[0], was[1])
    return None
