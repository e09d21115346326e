"""Wilson's interval against its definition, and a role's rate by cases."""

import pytest

from pytest_qwen.report.plots.rates import rate, wilson
from pytest_qwen.report.run import read
from tests.report.records import record, sample


@pytest.mark.parametrize(("successes", "n"), [(0, 5), (5, 5), (3, 7), (27.5, 34), (1, 1)])
def test_wilson_solves_its_equation(successes, n):
    """Both ends p satisfy |p̂ - p| = z·sqrt(p(1-p)/n), z = 1.959964."""
    interval = wilson(successes, n)
    assert interval.value == successes / n
    for end in (interval.low, interval.high):
        if 0 < end < 1:
            se = (end * (1 - end) / n) ** 0.5
            assert abs(interval.value - end) == pytest.approx(1.959964 * se, rel=1e-5)
    assert 0 <= interval.low <= interval.value <= interval.high <= 1
    assert interval.low < interval.high


def test_nothing_says_nothing():
    """Without a case every rate is possible."""
    assert wilson(0, 0) == (0, 0, 1, 0)


def test_cases_weigh_the_same(tmp_path):
    """A case of four samples counts as much as one of a single sample, and once in the interval."""
    lines = [sample(passed=i == 0, number=i, prompt="a") for i in range(4)]
    run = read(record(tmp_path / "r", *lines, sample(prompt="b")))
    interval = rate(run.cases.values())
    assert (interval.value, interval.n) == ((0.25 + 1) / 2, 2)
