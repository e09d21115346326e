"""Every formula against enumeration for few items, and against scipy where it has the same."""

import itertools
import math
import random

import numpy as np
import pytest
from scipy import stats

from pytest_qwen.gate.statistics import (
    PairedRate,
    alarm,
    benjamini_hochberg,
    bounds,
    clusters_needed,
    estimate,
    holm,
    standard_error,
    zero_bound,
)
from pytest_qwen.stats.paired import sign_flip_p


def flips_by_hand(sums):
    """Count the sign assignments whose total is as low as the observed one."""
    totals = [
        sum(s * sign for s, sign in zip(sums, signs, strict=True))
        for signs in itertools.product((-1, 1), repeat=len(sums))
    ]
    return sum(total <= sum(sums) + 1e-9 for total in totals) / len(totals)


@pytest.mark.parametrize("n", range(1, 13))
def test_mcnemar_is_the_enumeration_of_all_flips(n):
    """For every number of losses and gains: the share of sign assignments as bad or worse."""
    for losses in range(n + 1):
        d = np.array([-1.0] * losses + [1.0] * (n - losses))
        test, p = alarm(d, d, np.ones(n))
        assert test == "mcnemar"
        assert p == pytest.approx(flips_by_hand(list(d)))
        theirs = stats.binomtest(losses, n, 0.5, alternative="greater")
        assert p == pytest.approx(theirs.pvalue)
        kept = np.append(d, [0.0] * 5)  # items that did not change say nothing
        assert alarm(kept, kept, np.ones(n + 5))[1] == pytest.approx(p)


def test_mcnemar_without_a_flip():
    """Nothing changed: no alarm."""
    assert alarm(np.zeros(9), np.zeros(9), np.ones(9)) == ("mcnemar", 1.0)


def test_the_alarm_is_the_sign_flip_test_of_the_roles_against_a_loss():
    """Fifteen sums, for which two implementations once drew .1056 and .1011: one p, to 1e-12."""
    sums = np.random.default_rng(15).normal(-0.3, 1, 15)
    test, p = alarm(sums, sums, np.full(15, 2.0))
    assert test == "sign-flip"
    assert p == pytest.approx(sign_flip_p([-s for s in sums]), abs=1e-12)
    assert p == pytest.approx(flips_by_hand(sums), abs=1e-12)


def test_the_standard_error_by_hand():
    """The formula of the module, cluster by cluster; sem for clusters of one item."""
    rng = np.random.default_rng(0)
    codes, d = rng.integers(0, 7, 40), rng.integers(-4, 5, 40) / 4
    mean, total = d.mean(), 0.0
    for c in range(7):
        total += sum(x - mean for x in d[codes == c]) ** 2
    by_hand = math.sqrt(7 / 6 * total) / 40
    assert standard_error(np.bincount(codes, d), np.bincount(codes) * 1.0) == pytest.approx(by_hand)
    assert standard_error(d, np.ones(40)) == pytest.approx(stats.sem(d))
    assert standard_error(np.ones(1), np.ones(1)) == math.inf


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_the_bounds_are_a_t_interval_with_a_gain_and_a_loss_more(alpha):
    """For clusters of one item it is scipy's interval of d with +1 and -1 added."""
    d = np.random.default_rng(1).integers(-4, 5, 25) / 4
    theirs = stats.ttest_1samp(np.append(d, [1, -1]), 0).confidence_interval(1 - 2 * alpha)
    lower, upper, _ = bounds(d, np.ones(25), alpha)
    assert (lower, upper) == pytest.approx((theirs.low, theirs.high))


def test_the_bounds_with_clusters_by_hand():
    """The pseudo-clusters have the average size."""
    sums, sizes = np.array([-1.0, 0.5, 0.0]), np.array([4.0, 2.0, 3.0])
    all_sums, all_sizes = [-1, 0.5, 0, 3, -3], [4, 2, 3, 3, 3]
    mean = sum(all_sums) / 15
    squares = sum((s - n * mean) ** 2 for s, n in zip(all_sums, all_sizes, strict=True))
    se = math.sqrt(5 / 4 * squares) / 15
    expected = mean - stats.t.ppf(0.95, 4) * se
    assert bounds(sums, sizes, 0.05)[0] == pytest.approx(expected)


def test_holm_is_closed_testing():
    """A hypothesis falls at a level when every set with it does, by Bonferroni, at that level."""
    noise = random.Random(3)
    for n in range(1, 6):
        ps = [noise.random() ** 2 for _ in range(n)]
        sets = [s for r in range(1, n + 1) for s in itertools.combinations(range(n), r)]
        closed = [
            max(min(1.0, len(s) * min(ps[j] for j in s)) for s in sets if i in s) for i in range(n)
        ]
        assert holm(ps) == pytest.approx(closed)
    assert holm([]) == []


def test_benjamini_hochberg_is_scipys():
    """scipy.stats.false_discovery_control."""
    ps = [0.2, 0.001, 0.03, 0.03, 0.9, 0.04]
    assert benjamini_hochberg(ps) == pytest.approx(stats.false_discovery_control(ps))
    assert benjamini_hochberg([]) == []


@pytest.mark.parametrize("n", [1, 12, 480])
def test_what_zero_proves(n):
    """At the bound, seeing nothing in n samples has probability alpha."""
    assert stats.binom.cdf(0, n, zero_bound(n, 0.05)) == pytest.approx(0.05)
    assert zero_bound(0) == 1.0


def test_an_estimate_of_a_small_table():
    """Rates, change and test of three behaviors with two prompts each."""
    estimated = estimate(
        [PairedRate(f"b{i // 2}", 1.0, after) for i, after in enumerate([1, 0.5] * 3)]
    )
    assert (estimated.items, estimated.clusters, estimated.test) == (6, 3, "sign-flip")
    assert (estimated.baseline, estimated.candidate, estimated.change) == (1.0, 0.75, -0.25)
    assert estimated.p == 1 / 8
    assert estimated.se == 0.0
    assert estimated.lower < -0.25 < estimated.upper
    assert estimated.mde > 0.1


@pytest.mark.parametrize(
    "items", [[], [PairedRate("b", 1.0, math.nan)], [PairedRate("b", math.inf, 1.0)]], ids=str
)
def test_no_number_no_estimate(items):
    """Nothing and not-a-number are errors, not results."""
    with pytest.raises(ValueError, match="expected"):
        estimate(items)


def test_the_clusters_needed_are_enough():
    """With that many clusters like these, a drop of the margin is found 4 times in 5."""
    rng = np.random.default_rng(5)
    few = [PairedRate(str(i), 0.5, 0.5 + rng.integers(-2, 3) / 4) for i in range(20)]
    needed = clusters_needed(estimate(few), 0.1, 0.05, 30)
    assert needed
    assert needed > 30
    many = [PairedRate(f"{n}", *few[n % 20][1:]) for n in range(needed)]
    assert estimate(many).mde == pytest.approx(0.1, abs=0.01)
    assert clusters_needed(estimate(few), 0.3, 0.05, 30) == 30
    assert clusters_needed(estimate(few[:1]), 0.1, 0.05, 30) is None
