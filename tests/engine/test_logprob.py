"""The mean log-probability of a reply: the model's own, and its request's alone."""

import random
from dataclasses import replace

import pytest
import torch
import transformers

from pytest_qwen.engine import Options
from pytest_qwen.engine.local.generation import LocalGeneration
from pytest_qwen.engine.local.row import Row
from pytest_qwen.engine.local.sampling import Sampler
from pytest_qwen.model_io.sampling import Sampling
from tests.conftest import TINY
from tests.engine.test_budget import answers, asked
from tests.engine.test_promise import requests
from tests.engine.test_sampling import request

CHANGED = Sampling(temperature=0.5, repetition_penalty=1.3, presence_penalty=1.5)


def penalized():
    """Return requests of every kind; every third is drawn from a distribution that was changed."""
    return [
        replace(one, sampling=CHANGED.over(one.sampling)) if n % 3 == 0 else one
        for n, one in enumerate(requests())
    ]


def means(engine, some):
    """Answer requests; return what the mean log-probability of each is."""
    return {key: reply.mean_logprob for key, reply in answers(engine, some).items()}


def load(dtype="float32", *, slots=True, rows=None):
    return LocalGeneration(TINY / "reasoning", "cpu", dtype, Options(rows=rows), slots=slots)


@pytest.mark.parametrize(
    ("dtype", "slots"), [("float32", True), ("bfloat16", True), ("float32", False)]
)
def test_it_depends_on_the_request_alone(dtype, slots):
    """All together, shuffled, a part, one by one: the same digits.

    The reference lane promises texts, and its logits may differ in the last place.
    """
    some = penalized()
    first = means(load(dtype, slots=slots), some)
    assert len(set(first.values())) > len(first) // 2
    assert all(mean < 0 for mean in first.values())
    shuffled = random.Random(0).sample(some, len(some))
    for rows, part in ((4, shuffled), (64, some[1::3]), (1, some[::4])):
        said = means(load(dtype, slots=slots, rows=rows), part)
        expected = {key: first[key] for key in said}
        assert said == (expected if slots else pytest.approx(expected, abs=1e-4))


def test_it_is_what_the_model_gives_the_text():
    """Neither temperature, nor penalties, nor cuts are in it; both lanes say it."""
    some = penalized()[::3]
    engine = load()
    said = answers(engine, some)
    reference = means(load(slots=False), some)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        TINY / "reasoning", dtype=torch.float32
    )
    for one in some:
        reply, prompt = said[one.key], engine._prompt_ids(one)
        ids = torch.tensor([[*prompt, *reply.token_ids]])
        with torch.inference_mode():
            given = model(ids).logits[0, len(prompt) - 1 : -1].log_softmax(1)
        mean = given.gather(1, ids[0, len(prompt) :, None]).mean().item()
        assert reply.mean_logprob == pytest.approx(mean, abs=1e-4)
        assert reference[one.key] == pytest.approx(mean, abs=1e-4)


def test_what_a_budget_put_in_does_not_count():
    """The model did not draw the closing of its thought, however unlikely that was to it."""
    free, cut = asked(None, max_new_tokens=9), asked(9, max_new_tokens=12)
    said = answers(load(), [free, cut])
    assert len(said[cut.key].token_ids) == len(said[free.key].token_ids) + 3
    assert said[cut.key].mean_logprob == said[free.key].mean_logprob


@pytest.mark.parametrize("threads", [1, 2])
def test_a_large_vocabulary_is_summed_row_by_row(threads):
    """Threads do not share a row: alone it has the bits that it has among others."""
    torch.manual_seed(0)
    logits = torch.randn(9, 151_936) * 3
    rows = [Row(request(sample=n), [0]) for n in range(9)]
    torch.set_num_threads(threads)
    together = Sampler(rows, "cpu").draw(logits)
    alone = [Sampler([row], "cpu").draw(logits[n : n + 1])[0] for n, row in enumerate(rows)]
    torch.set_num_threads(1)
    assert [one.logprob for one in together] == [one.logprob for one in alone]


@pytest.mark.parametrize("logit", [torch.nan, torch.inf])
def test_what_is_no_number_is_not_kept(logit):
    """A record must stay JSON: broken logits leave no mean, whatever is drawn from them."""
    row = Row(request(max_new_tokens=9), [0])
    (drawn,) = Sampler([row], "cpu").draw(torch.tensor([[0.0, logit]]))
    row.take(drawn, [], 0)
    assert row.mean_logprob is None
    assert row.again().logprobs == []
