"""Paired statistics against brute force, and what few units must never show."""

from __future__ import annotations

import itertools
import math
import random
import statistics

import numpy as np
import pytest
from scipy import stats

from pytest_qwen.stats import paired
from pytest_qwen.stats.paired import largest_drop, sign_flip_p, units_needed


def brute_force(differences):
    """The definition: every pattern of signs, one after the other."""
    total = math.fsum(differences)
    patterns = list(itertools.product((1, -1), repeat=len(differences)))
    sums = [math.fsum(s * d for s, d in zip(p, differences, strict=True)) for p in patterns]
    return sum(s >= total - 1e-9 for s in sums) / len(patterns)


def some(seed, n):
    """Differences of rates over four samples, with ties, and of a measure, without."""
    draw = random.Random(seed)
    rates = [draw.randint(-2, 4) / 4 for _ in range(n)]
    return rates if seed % 2 else [draw.gauss(0.4, 1) for _ in range(n)]


@pytest.mark.parametrize("seed", range(20))
def test_the_sign_flip_test_is_exact(seed):
    """Every p-value of up to ten units is that of the definition."""
    differences = some(seed, 1 + seed % 10)
    assert sign_flip_p(differences) == brute_force(differences)


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        ([1, -1, 2], 3 / 8),  # sums of 2 or more: + - +, - + +, + + +
        ([1, 1, -1], 4 / 8),  # sums of 1 or more: none or one minus
        ([3, 2, 1, 0, 0], 1 / 8),  # zeros change nothing
        ([1 / 3, 2 / 3, -1], 5 / 8),  # sums of 0 or more; 1/3 + 2/3 - 1 is a tie with its opposite
        ([-0.25, -0.5], 1),
        ([0.1, 0.2, -0.3, 1e-20], 5 / 8),
        ([1.0] * 40, 2.0**-40),  # no floor of draws where all can be counted
        ([1.0] * 39 + [-1.0], 41 * 2.0**-40),
    ],
)
def test_p_by_hand(differences, p):
    """Patterns counted by hand: ties count, one side, zeros say nothing, in any order."""
    assert sign_flip_p(differences) == pytest.approx(p, rel=1e-12)
    assert sign_flip_p(differences[::-1]) == sign_flip_p(differences)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e6])
def test_fifteen_and_more_units_are_exact(scale):
    """Where fifteen units were drawn, p was off by 5 %; the scale of a measure changes nothing."""
    noise = np.random.default_rng(2)
    for differences in (noise.normal(0.3, 1, 15), noise.integers(-3, 5, 15) / 3):
        totals = np.zeros(1)
        for d in differences:
            totals = np.concatenate([totals - d, totals + d])
        exact = float((totals >= differences.sum() - 1e-9).mean())
        assert sign_flip_p(list(differences * scale)) == pytest.approx(exact, abs=1e-12)


def test_it_is_scipys():
    """scipy.stats.permutation_test enumerates twelve units, and draws 40 of a measure."""
    for n, tolerance in ((12, 1e-12), (40, 0.02)):
        differences = np.random.default_rng(n).normal(0.15, 1, n)
        theirs = stats.permutation_test(
            (differences,), np.sum, permutation_type="samples", alternative="greater", rng=1
        )
        assert sign_flip_p(list(differences)) == pytest.approx(theirs.pvalue, abs=tolerance)


@pytest.mark.parametrize("seed", range(4))
def test_drawn_signs_come_near_the_exact_value(seed, monkeypatch):
    """Beyond the limit of enumeration p is within four standard errors, and the same every time."""
    differences = some(seed, 12)
    exact = sign_flip_p(differences)
    monkeypatch.setattr(paired, "EXACT_STEPS", 0)
    drawn = sign_flip_p(differences)
    assert abs(drawn - exact) <= 4 * math.sqrt(exact * (1 - exact) / paired.RESAMPLES) + 1e-4
    assert drawn == sign_flip_p(differences[::-1])
    assert drawn > 0


def test_a_drawn_p_is_never_zero(monkeypatch):
    """However great the gain, p is at least one in the number of draws."""
    monkeypatch.setattr(paired, "EXACT_STEPS", 0)
    assert sign_flip_p([1.0] * 100) == 1 / (1 + paired.RESAMPLES)


def test_few_units_show_no_rise():
    """Four units cannot reach 0.95 whatever they say, five that all rise do; equal ones never do."""
    assert sign_flip_p([1.0] * 4) == 1 / 16
    assert sign_flip_p([1.0] * 5) == 1 / 32
    assert sign_flip_p([0.0] * 14) == sign_flip_p([0.0] * 40) == sign_flip_p([]) == 1
    assert sign_flip_p([-1.0] * 10) == 1


def test_ten_units_without_a_drop_prove_little():
    """No interval has zero width: the bound is what the formula says, and falls with n."""
    for n in (1, 3, 5, 10, 32, 100):
        best = min(1.0, 20 ** (1 / n) - 1)
        assert largest_drop([0.0] * n, 0.95) == pytest.approx(best, abs=1e-9)
    assert largest_drop([], 0.95) == 1
    assert largest_drop([0.5] * 10, 0.95) == 0


def test_one_lost_unit_weighs_more_than_one_gained():
    """A total loss among thirty widens the bound far more than a gain narrows it."""
    equal, lost, won = (largest_drop([0.0] * 30 + [x], 0.95) for x in (0.0, -1.0, 1.0))
    assert won < equal < lost
    assert lost - equal > equal - won


@pytest.mark.parametrize(
    ("n", "values", "weights"),
    [
        (10, (0, -1), (0.9, 0.1)),
        (29, (0, -1), (0.9, 0.1)),
        (60, (0, -1), (0.9, 0.1)),
        (30, (1, 0, -1), (0.1, 0.7, 0.2)),
        (60, (0.25, 0, -0.25, -0.5), (0.2, 0.3, 0.3, 0.2)),
        (100, (1, -1), (0.45, 0.55)),
    ],
)
def test_the_bound_covers_the_true_drop(n, values, weights):
    """With the true drop at 0.1 or so, at most 5 % of bounds are below it, in the worst case too."""
    truth = -sum(v * w for v, w in zip(values, weights, strict=True))
    draw = random.Random(n)
    runs = 400
    below = sum(largest_drop(draw.choices(values, weights, k=n), 0.95) < truth for _ in range(runs))
    assert below / runs <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)


def test_the_test_keeps_its_level():
    """Where nothing differs, p is at most 0.05 in one of twenty runs."""
    draw = random.Random(1)
    ps = [
        sign_flip_p([draw.choice((-0.5, -0.25, 0, 0.25, 0.5)) for _ in range(9)])
        for _ in range(600)
    ]
    assert statistics.mean(p <= 0.05 for p in ps) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 600)


def test_the_number_of_units_is_the_least():
    """One unit fewer does not rule the drop out."""
    for margin in (0.05, 0.1, 0.2, 0.5):
        n = units_needed(margin, 0.95)
        assert largest_drop([0.0] * n, 0.95) <= margin < largest_drop([0.0] * (n - 1), 0.95)
