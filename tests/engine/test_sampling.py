"""Seeded sampling: the right distribution, the same bits in any batch, parameters row by row."""

import pytest
import torch
from torch import Tensor

from pytest_qwen.engine.local.row import Row
from pytest_qwen.engine.local.sampling import Sampler, gumbel, splitmix64
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling


def request(sample=0, seed=0, **sampling):
    defaults = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0}
    return Request("base", (), "text", Sampling(**{**defaults, **sampling}), seed, sample)


def draw(requests, scores: Tensor, new=(), prompt=(0,)):
    rows = [Row(one, list(prompt), new=list(new)) for one in requests]
    return [drawn.token for drawn in Sampler(rows, "cpu").draw(scores)]


def test_splitmix64_gives_the_published_values():
    """The stream of seed 1234567 that the reference implementation prints."""
    golden = -7046029254386353131
    states = 1234567 + golden * torch.arange(3)
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert [value % 2**64 for value in splitmix64(states).tolist()] == expected


def test_noise_is_standard_gumbel():
    """Mean 0.5772 and variance 1.6449 over 200,000 draws, within five standard errors."""
    ids = torch.arange(200).expand(1000, -1)
    zeros = torch.zeros(1000, dtype=torch.int64)
    noise = gumbel(torch.arange(1000), zeros, zeros + 3, ids)
    assert noise.mean().item() == pytest.approx(0.57722, abs=0.0145)
    assert noise.var().item() == pytest.approx(1.64493, abs=0.04)


def test_the_distribution_is_that_of_multinomial():
    """Chi-square of 20,000 draws against the softmax; 0.1 % quantile for 7 degrees of freedom."""
    logits = torch.tensor([2.0, 1.5, 1.0, 0.5, 0.0, -0.5, -1.0, -1.5])
    n = 20_000
    drawn = draw([request(sample=i) for i in range(n)], logits.expand(n, -1).clone())
    counts = torch.bincount(torch.tensor(drawn), minlength=8).double()
    expected = logits.double().softmax(0) * n
    reference = torch.multinomial(
        logits.softmax(0), n, replacement=True, generator=torch.Generator().manual_seed(0)
    )
    reference_counts = torch.bincount(reference, minlength=8).double()
    for observed in (counts, reference_counts):
        assert ((observed - expected) ** 2 / expected).sum().item() < 24.32


def test_a_row_does_not_see_its_neighbours():
    """Each row draws alone what it draws among others, in any order."""
    torch.manual_seed(0)
    scores = torch.randn(6, 50)
    requests = [
        request(sample=i, temperature=0.5 + i / 4, top_k=i * 3, top_p=0.9) for i in range(6)
    ]
    together = draw(requests, scores)
    alone = [draw([r], scores[i : i + 1])[0] for i, r in enumerate(requests)]
    backwards = draw(requests[::-1], scores.flip(0))
    assert together == alone == backwards[::-1]


def test_seed_sample_and_step_each_change_the_draw():
    """No two of them stand for each other."""
    scores = torch.zeros(1, 100_000)
    drawn = {
        draw([request(sample, seed)], scores, [0] * step)[0]
        for sample in range(3)
        for seed in range(3)
        for step in range(3)
    }
    assert len(drawn) == 27


def test_zero_temperature_is_greedy_and_ties_go_to_the_lower_id():
    """Equal logits are common in bfloat16; the order must not depend on the batch."""
    scores = torch.tensor([[1.0, 3.0, 3.0, 2.0]])
    assert all(draw([request(s, temperature=0)], scores) == [1] for s in range(20))


@pytest.mark.parametrize("top_k", [20, 64, 100, 5000])
def test_a_greedy_row_may_have_any_top_k(top_k):
    """It looks at few candidates whatever its top-k is."""
    scores = torch.arange(3000.0).flip(0)[None]
    assert draw([request(temperature=0, top_k=top_k)], scores) == [0]


@pytest.mark.parametrize("size", [3000, 20_011])  # the second is looked at in blocks, with a rest
@pytest.mark.parametrize("top_k", [1, 5, 20, 63, 64, 200, 1023])
@pytest.mark.parametrize("scale", [4, 400])  # many are equal, as in bfloat16, or few
def test_few_candidates_are_those_that_a_full_sort_keeps(top_k, size, scale):
    """What is drawn from the top alone is what is drawn from all, ties among them too."""
    torch.manual_seed(top_k)
    scores = torch.randn(40, size).mul(scale).round().div(scale)
    values, ids = scores.sort(dim=1, descending=True, stable=True)
    drawn = draw([request(i, top_k=top_k) for i in range(40)], scores)
    zeros = torch.zeros(40, dtype=torch.int64)
    noise = gumbel(zeros, torch.arange(40), zeros, ids)
    best = (values.double() + noise)[:, :top_k].argmax(dim=1, keepdim=True)
    assert drawn == ids.gather(1, best).flatten().tolist()


def spread(n, slope):
    """Return falling logits of 5,000 tokens, in an order of their own, for `n` rows."""
    torch.manual_seed(0)
    logits = -slope * torch.arange(5000).float().log1p()
    return logits[torch.randperm(5000)].expand(n, -1).clone()


@pytest.mark.parametrize("slope", [0.0, 0.4, 1.5])
def test_without_a_top_k_any_token_may_come(slope):
    """Chi-square over 16 groups of tokens, of which 1,024 are the likeliest: nearly all or few of
    the draws are among them. 37.70 is the 0.1 % quantile for 15 degrees of freedom."""
    n = 2000
    logits = spread(n, slope)
    drawn = torch.tensor(draw([request(sample=i) for i in range(n)], logits))
    probability = logits[0].double().softmax(0)
    order = probability.argsort(descending=True, stable=True)
    group = torch.empty(5000, dtype=torch.int64)
    group[order] = (probability[order].cumsum(0) * 16 - 1e-9).long().clamp(max=15)
    expected = torch.zeros(16).double().index_add(0, group, probability) * n
    observed = torch.bincount(group[drawn], minlength=16).double()
    assert ((observed - expected) ** 2 / expected.clamp(min=1e-9)).sum().item() < 37.70


@pytest.mark.parametrize(
    "sampling",
    [
        {"top_p": 0.3},
        {"top_p": 0.99},
        {"min_p": 0.5},
        {"min_p": 1e-5},
        {"top_p": 0.9, "min_p": 0.01},
    ],
)
@pytest.mark.parametrize("slope", [0.4, 1.5])
def test_what_is_cut_off_without_a_top_k_never_comes(sampling, slope):
    """Top-p and min-p keep what a full sort keeps, whether they end among the likeliest or not."""
    logits = spread(300, slope)
    drawn = set(draw([request(sample=i, **sampling) for i in range(300)], logits))
    probability, ids = logits[0].double().softmax(0).sort(descending=True, stable=True)
    kept = probability.cumsum(0) - probability < sampling.get("top_p", 1)
    kept &= probability >= sampling.get("min_p", 0) * probability[0]
    assert drawn <= set(ids[kept].tolist())
    assert len(drawn) > min(20, int(kept.sum()) // 2)


def test_open_rows_do_not_see_their_neighbours():
    """Alone and among others, in any order, the same token, wherever it lies."""
    scores = torch.cat([spread(8, 0.2), spread(8, 1.5)])
    requests = [request(sample=i, top_p=1 - i % 3 / 20) for i in range(16)]
    alone = [draw([r], scores[i : i + 1])[0] for i, r in enumerate(requests)]
    assert draw(requests, scores) == alone
    assert draw(requests[::-1], scores.flip(0)) == alone[::-1]


def test_the_margin_is_the_distance_to_the_runner_up():
    """In logits over temperature; a token without a rival is far from any."""
    scores = torch.tensor([[1.0, 3.0, 2.5, 2.0]])
    row = Row(request(temperature=0), [0])
    (drawn,) = Sampler([row], "cpu").draw(scores)
    assert drawn[:2] == (1, 0.5)
    (drawn,) = Sampler([Row(request(top_k=1), [0])], "cpu").draw(scores)
    assert drawn[:2] == (1, 99.0)


@pytest.mark.parametrize(
    ("sampling", "allowed"),
    [
        ({"top_k": 1}, {3}),
        ({"top_k": 2}, {3, 2}),
        ({"top_p": 0.6}, {3}),
        ({"top_p": 0.7}, {3, 2}),
        ({"min_p": 0.2}, {3, 2}),
        ({"min_p": 0.5}, {3}),
        ({}, {0, 1, 2, 3}),
    ],
)
def test_filters_keep_what_they_should(sampling, allowed):
    """Probabilities are .64, .24, .09, .03: each filter keeps the named tokens and only those."""
    scores = torch.tensor([0.0, 1.0, 2.0, 3.0]).expand(500, -1).clone()
    drawn = draw([request(i, **sampling) for i in range(500)], scores)
    assert set(drawn) == allowed


def test_penalties():
    """Repetition weakens tokens of the prompt and new ones, presence only new ones."""
    scores = torch.tensor([[1.0, 1.2, 1.1]])
    seen = {"new": [2], "prompt": [1]}
    assert draw([request(temperature=0)], scores, **seen) == [1]
    assert draw([request(temperature=0, repetition_penalty=2)], scores, **seen) == [0]
    assert draw([request(temperature=0, presence_penalty=1)], scores, **seen) == [1]
    scores = torch.tensor([[1.0, 0.9, 1.1]])
    assert draw([request(temperature=0, presence_penalty=1)], scores, **seen) == [0]


def test_nan_logits_stop_their_row_alone():
    """A row that is not a number draws nothing; the other goes on."""
    scores = torch.tensor([[float("nan"), 1.0, 2.0], [0.0, 1.0, 9.0]])
    assert draw([request(temperature=0), request(1, temperature=0)], scores) == [None, 2]
