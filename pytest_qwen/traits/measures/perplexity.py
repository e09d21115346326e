"""How likely replies are to the model that wrote them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import measure
from pytest_qwen.traits.verdict import Part


@measure(of="text", needs=["log_probabilities"])
def perplexity(parts: Sequence[Part]) -> float:
    """Among how many equal choices the model was torn at a token; the geometric mean of samples.

    exp of minus the mean natural log-probability of the tokens drawn, before temperature, penalties
    and cuts: Jelinek et al. (1977), "Perplexity, a measure of the difficulty of speech recognition
    tasks", JASA 62(S1). 1 is a text without a choice. Low is not good: loops and overlikely text
    are low, and people's is not (Holtzman et al., 2020, arXiv:1904.09751). It counts by token, so
    it compares models of one tokenizer, and sampling must be the same: a lower temperature lowers
    it. Samples without a token are left out.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> reply = Reply(text="水稻", mean_logprob=-0.6931)
    >>> round(perplexity([Part("水稻", reply, of="text")]), 3)
    2.0
    """
    if other := next((part.of for part in parts if part.of != "text"), None):
        raise ValueError(Reason("checks.logprobs_of_text", of=other))
    means = [_mean_logprob(part) for part in parts if part.text]
    if not means:
        raise ValueError(Reason("checks.no_text"))
    return math.exp(-fmean(means))


def _mean_logprob(part: Part) -> float:
    if part.reply.mean_logprob is not None:
        return part.reply.mean_logprob
    if part.reply.token_ids:  # an engine of ours wrote it
        raise ValueError(Reason("checks.logprobs_not_stored"))
    raise ValueError(Reason("checks.logprobs_unknown"))
