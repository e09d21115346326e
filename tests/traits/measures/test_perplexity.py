"""Examples of `perplexity`."""

from __future__ import annotations

import math

import pytest

from pytest_qwen.model_io.reply import Reply
from pytest_qwen.traits.registry import bind_measure
from pytest_qwen.traits.verdict import Part
from tests.traits.table import Number

NO_LOGPROBS = "have no log-probabilities"
TABLE = [
    Number(None, ["a", "b", ""], 2, reply={"mean_logprob": -math.log(2)}),
    Number(None, ["a"], 1, reply={"mean_logprob": 0.0, "token_ids": (1,)}),
    Number(None, [""], "no text in any sample"),
    Number(None, ["a"], f"replies from elsewhere {NO_LOGPROBS} unless `mean_logprob` gives them"),
    Number(
        None, ["a"], f"replies in the store {NO_LOGPROBS}, generate them again: "
        "`--qwen-store=off`, or another folder", reply={"token_ids": (1,)},
    ),
]  # fmt: skip


def test_perplexity_is_a_mean_of_logarithms() -> None:
    """One odd sample does not decide: 4 and 9 make 6. Another part than the text has no number."""
    replies = [Reply(text="a", answer="a", mean_logprob=-math.log(n)) for n in (4, 9)]
    parts = [Part.of_reply(reply) for reply in replies]
    assert bind_measure("perplexity", None)(parts) == pytest.approx(6)
    with pytest.raises(ValueError, match="are kept of the whole text, not of the answer"):
        bind_measure("perplexity", None, "answer")(parts)
