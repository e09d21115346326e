"""Seeded sampling: the right distribution, the same bits in any batch, parameters row by row."""

import pytest
import torch
from torch import Tensor

from pytest_qwen.core.plan import Request
from pytest_qwen.core.sampling import Sampling
from pytest_qwen.engine.local.sampling import SeededSampling, gumbel, splitmix64


def request(sample=0, seed=0, **sampling):
    defaults = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0}
    return Request("base", (), "text", Sampling(**{**defaults, **sampling}), seed, sample)


def draw(requests, scores: Tensor, new=None, prompt=None):
    prompt = torch.zeros(len(requests), 1, dtype=torch.int64) if prompt is None else prompt
    new = torch.zeros(len(requests), 0, dtype=torch.int64) if new is None else new
    mask = torch.ones_like(prompt)
    processor = SeededSampling(requests, prompt.shape[1], mask, stop_id=0)
    chosen = processor(torch.cat([prompt, new], dim=1), scores)
    assert (chosen == 0).sum(dim=1).eq(1).all()
    return chosen.argmax(dim=1).tolist(), processor


def test_splitmix64_gives_the_published_values():
    """The stream of seed 1234567 that the reference implementation prints."""
    golden = -7046029254386353131
    states = 1234567 + golden * torch.arange(3)
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert [value % 2**64 for value in splitmix64(states).tolist()] == expected


def test_noise_is_standard_gumbel():
    """Mean 0.5772 and variance 1.6449 over 200,000 draws, within five standard errors."""
    ids = torch.arange(200).expand(1000, -1)
    noise = gumbel(torch.arange(1000), torch.zeros(1000, dtype=torch.int64), 3, ids)
    assert noise.mean().item() == pytest.approx(0.57722, abs=0.0145)
    assert noise.var().item() == pytest.approx(1.64493, abs=0.04)


def test_the_distribution_is_that_of_multinomial():
    """Chi-square of 20,000 draws against the softmax; 0.1 % quantile for 7 degrees of freedom."""
    logits = torch.tensor([2.0, 1.5, 1.0, 0.5, 0.0, -0.5, -1.0, -1.5])
    n = 20_000
    drawn, _ = draw([request(sample=i) for i in range(n)], logits.expand(n, -1).clone())
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
    together, _ = draw(requests, scores.clone())
    alone = [draw([r], scores[i : i + 1].clone())[0][0] for i, r in enumerate(requests)]
    backwards, _ = draw(requests[::-1], scores.flip(0).clone())
    assert together == alone == backwards[::-1]


def test_seed_sample_and_step_each_change_the_draw():
    """No two of them stand for each other."""
    scores = torch.zeros(1, 100_000)
    drawn = {
        draw([request(sample, seed)], scores.clone(), torch.zeros(1, step, dtype=torch.int64))[0][0]
        for sample in range(3)
        for seed in range(3)
        for step in range(3)
    }
    assert len(drawn) == 27


def test_zero_temperature_is_greedy_and_ties_go_to_the_lower_id():
    """Equal logits are common in bfloat16; the order must not depend on the batch."""
    scores = torch.tensor([[1.0, 3.0, 3.0, 2.0]])
    assert all(draw([request(s, temperature=0)], scores.clone())[0] == [1] for s in range(20))


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
    drawn, _ = draw([request(i, **sampling) for i in range(500)], scores)
    assert set(drawn) == allowed


def test_penalties():
    """Repetition weakens tokens of the prompt and new ones, presence only new ones."""
    scores = torch.tensor([[1.0, 1.2, 1.1]])
    prompt, new = torch.tensor([[1]]), torch.tensor([[2]])
    assert draw([request(temperature=0)], scores.clone(), new, prompt)[0] == [1]
    assert draw([request(temperature=0, repetition_penalty=2)], scores.clone(), new, prompt)[0] == [
        0
    ]
    assert draw([request(temperature=0, presence_penalty=1)], scores.clone(), new, prompt)[0] == [1]
    scores = torch.tensor([[1.0, 0.9, 1.1]])
    assert draw([request(temperature=0, presence_penalty=1)], scores.clone(), new, prompt)[0] == [0]


def test_nan_logits_stop_their_row_alone():
    """A row that is not a number is made to stop and reported; the other goes on."""
    scores = torch.tensor([[float("nan"), 1.0, 2.0], [0.0, 1.0, 9.0]])
    drawn, processor = draw([request(temperature=0), request(1, temperature=0)], scores)
    assert drawn == [0, 2]
    assert processor.nan == {0}
