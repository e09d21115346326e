"""What the plots show, in numbers."""

from math import log

import pytest

from pytest_qwen.report import plots
from pytest_qwen.report.run import read
from tests.report.records import record, sample


def lengths(tmp_path, now, was=None):
    """Return the histogram of answers with so many tokens."""
    sides = [
        read(
            record(tmp_path / name, *(sample("a" * n, prompt=f"p{i}") for i, n in enumerate(side)))
        )
        for name, side in (("n", now), ("w", was))
        if side
    ]
    of = lambda one: len(one.reply.token_ids)  # noqa: E731
    (found,) = plots.lengths(sides[0], sides[1] if was else None, ["instruct"], of)
    return found


def test_lengths_stand_on_a_logarithmic_axis(tmp_path):
    """Each bin is where its numbers are, and as wide; together they fill the axis."""
    found = lengths(tmp_path, [4, 5, 24, 185])
    low, high = found.bars[0].low, found.bars[-1].high
    for bar in found.bars:
        assert bar.x == pytest.approx(log(bar.low / low) / log(high / low))
        assert bar.width == pytest.approx(log(bar.high / bar.low) / log(high / low))
    assert sum(bar.width for bar in found.bars) == pytest.approx(1)
    assert sum(bar.now for bar in found.bars) == pytest.approx(1)


def test_the_top_is_the_greatest_share_for_its_width(tmp_path):
    """Bars of whole numbers are not all as wide: their area tells the share."""
    found = lengths(tmp_path, [1, 1, 9, 9], [100])
    assert found.bars[0].width > 2 * found.bars[-1].width
    heights = {(bar.now or bar.was) / bar.width for bar in found.bars}
    assert found.top == max(heights)


@pytest.mark.parametrize(
    ("said", "ticks"),
    [
        ([4, 185], [5, 10, 20, 50, 100, 200]),
        ([1, 4000], [1, 10, 100, 1000]),
        ([64], [64, 80]),
        ([1], [1, 2]),
    ],
)
def test_the_axis_has_round_numbers_where_they_belong(tmp_path, said, ticks):
    """At most nine; without two of them, the ends of the axis."""
    found = lengths(tmp_path, said)
    low, high = found.bars[0].low, found.bars[-1].high
    assert [tick.n for tick in found.ticks] == ticks
    for n, x in found.ticks:
        assert x == pytest.approx(log(n / low) / log(high / low))
