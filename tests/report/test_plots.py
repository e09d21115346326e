"""What the plots show, in numbers."""

from math import log

import pytest

from pytest_qwen.report.plots.bins import bin_edges, bins, ticks
from pytest_qwen.report.sections.lengths import _bars


def binned(now, was=()):
    """Return the bins of so many lengths."""
    every = [*now, *was]
    return bins(bin_edges(min(every), max(every)), now, was)


def test_lengths_stand_on_a_logarithmic_axis():
    """Each bin is where its numbers are, and as wide; together they fill the axis."""
    places = binned([4, 5, 24, 185])
    low, high = places[0].low, places[-1].high
    for bar in places:
        assert bar.x == pytest.approx(log(bar.low / low) / log(high / low))
        assert bar.width == pytest.approx(log(bar.high / bar.low) / log(high / low))
    assert sum(bar.width for bar in places) == pytest.approx(1)
    assert sum(bar.now for bar in places) == pytest.approx(1)


def test_a_bar_has_the_area_of_its_share():
    """Bars of whole numbers are not all as wide: the tallest has the greatest share for its width."""
    places = binned([1, 1, 9, 9], [100])
    assert places[0].width > 2 * places[-1].width
    drawn = {bar.kind: [] for _, bars in _bars(places, two=False) for bar in bars}
    for _, bars in _bars(places, two=False):
        for bar in bars:
            drawn[bar.kind].append(bar.height * float(bar.width.rstrip("%")))
    assert max(bar.height for _, bars in _bars(places, two=False) for bar in bars) == 60
    assert drawn["now"][0] == pytest.approx(drawn["now"][1], rel=1e-3)


@pytest.mark.parametrize(
    ("lengths", "numbers"),
    [
        ([4, 185], [5, 10, 20, 50, 100, 200]),
        ([1, 4000], [1, 10, 100, 1000]),
        ([64], [64, 80]),
        ([1], [1, 2]),
    ],
)
def test_the_axis_has_round_numbers_where_they_belong(lengths, numbers):
    """At most nine; without two of them, the ends of the axis."""
    edges = bin_edges(min(lengths), max(lengths))
    assert [n for n, _ in ticks(edges)] == numbers
    for n, x in ticks(edges):
        assert x == pytest.approx(log(n / edges[0]) / log(edges[-1] / edges[0]))
