"""One request while it is being answered: its prompt, what was drawn so far, and why it ended."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import NamedTuple

from pytest_qwen.engine.local.budget import Budget
from pytest_qwen.engine.local.watch import Watch
from pytest_qwen.model_io.reply import Finish
from pytest_qwen.model_io.request import Request


class Drawn(NamedTuple):
    """A token, None where the logits were not numbers, and its distance to the runner-up.

    The distance is in units of logit divided by temperature: how near another text was. `logprob`
    is the natural logarithm of the probability that the model itself gave the token; None where
    none was drawn.
    """

    token: int | None
    margin: float
    logprob: float | None = None


FAR = 99.0
"""The margin of a token that has no runner-up, or none near."""


@dataclass(eq=False)
class Row:
    """A row of a batch.

    `margins` has one for each new token, and for the end, `logprobs` one for each new token that
    was drawn; `finish` is None while the row goes on. When it has been worked on for `seconds` it
    ends as `timeout`. `watch` may end it for its text, `thinking` may put tokens in place of drawn
    ones.
    """

    request: Request
    prompt: Sequence[int]
    seconds: float = math.inf
    watch: Watch | None = None
    new: list[int] = field(default_factory=list)
    margins: list[float] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    finish: Finish | None = None
    spent: float = 0.0
    thinking: Budget | None = None

    @property
    def budget(self) -> int:
        """The most tokens that the reply may have."""
        return self.request.sampling.max_new_tokens or 1

    @property
    def mean_logprob(self) -> float | None:
        """The mean of `logprobs`, to six digits; None without any, or where one is no number."""
        mean = fmean(self.logprobs) if self.logprobs else math.nan
        return round(mean, 6) if math.isfinite(mean) else None

    def again(self) -> Row:
        """Return the row as it was at its beginning."""
        return Row(self.request, self.prompt, self.seconds, self.watch, thinking=self.thinking)

    def take(self, drawn: Drawn, stop_ids: Collection[int], spent: float) -> None:
        """Add a drawn token, or end with it; drawing it took `spent` seconds."""
        self.spent += spent
        forced = self.thinking.forced(self.new) if self.thinking else None
        if forced is not None and drawn.token is not None:
            drawn = Drawn(forced, FAR)
        if drawn.token is None or drawn.token in stop_ids:
            self.finish = Finish.NAN if drawn.token is None else Finish.STOP
        else:
            self.new.append(drawn.token)
            if drawn.logprob is not None:
                self.logprobs.append(drawn.logprob)
        self.margins.append(drawn.margin)
        if self.finish is None and self.watch:
            self.finish = self.watch(self.new)
        if self.finish is None and len(self.new) >= self.budget:
            self.finish = Finish.LENGTH
        if self.finish is None and self.spent > self.seconds:
            self.finish = Finish.TIMEOUT
