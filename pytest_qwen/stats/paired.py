"""Statistics of paired differences, one a unit: what a few prompts can show, and what they cannot.

Both are exact where units are few, and neither calls a handful of equal values proof: `sign_flip_p`
needs five units for 0.95 whatever they say, and `largest_drop` over n units without any drop is
1 / 0.05^(1/n) - 1 at best (0.35 for 10, 0.11 for 30).
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence

EXACT_STEPS = 2**18
"""Up to so many sums of signs are added up one by one: any 18 units, hundreds of rates."""

RESAMPLES = 9999

_GRID = 1024 * 720720
"""Differences are rounded to so many parts of a power of 2: rates of up to 16 samples are exact."""


def sign_flip_p(differences: Sequence[float], seed: int = 0) -> float:
    """Return the one-sided p-value of the paired sign-flip test (Fisher 1935).

    Where two sides do not differ, each unit's difference d is as likely with the other sign:

        p = share of the 2^n patterns of signs s for which Σ s_i d_i >= Σ d_i

    Ties count, differences of zero change nothing, and the order of the units does not matter. To
    test for a loss, change the signs of the differences. p is exact where the patterns have few
    different sums; beyond `EXACT_STEPS` patterns are drawn, and the observed one counts as drawn
    (Phipson and Smyth 2010, "Permutation P-values should never be zero",
    https://doi.org/10.2202/1544-6115.1585).
    """
    largest = max(map(abs, differences), default=0.0)
    unit = 2.0 ** math.frexp(largest)[1] / _GRID
    parts = [round(d / unit) for d in differences if d]
    sizes = sorted(map(abs, parts))
    # With the signs of a set of units turned to minus, the sum is that of all sizes less twice the
    # set's: as high as observed where the set's is at most the observed losses'. Each size is
    # rounded by half a part at most.
    losses = -sum(part for part in parts if part < 0) + len(parts)
    exact = _exact_p(sizes, losses)
    return _drawn_p(sizes, losses, seed) if exact is None else exact


def _exact_p(sizes: Sequence[int], most: int) -> float | None:
    """Return the share of the subsets whose sum is at most `most`; None where it takes too long."""
    if len(sizes) * (len(sizes) + 1) // 2 > EXACT_STEPS:  # n sizes have n + 1 sums at least
        return None
    subsets, steps = {0: 1}, 0
    for size in sizes:
        steps += len(subsets)
        if steps > EXACT_STEPS:
            return None
        for total, count in list(subsets.items()):
            subsets[total + size] = subsets.get(total + size, 0) + count
    as_low = sum(count for total, count in subsets.items() if total <= most)
    return as_low / (1 << len(sizes))


def _drawn_p(sizes: Sequence[int], most: int, seed: int) -> float:
    draw = random.Random(seed)  # noqa: S311 - resampling, no secret
    counts = Counter(sizes).items()  # of equal sizes only their number matters
    as_low = sum(
        sum(size * draw.getrandbits(count).bit_count() for size, count in counts) <= most
        for _ in range(RESAMPLES)
    )
    return (1 + as_low) / (1 + RESAMPLES)


def largest_drop(differences: Sequence[float], confidence: float) -> float:
    """Return the upper confidence bound of the mean drop, between 0 and 1.

    The differences lie in [-1, 1]. The bound holds for any distribution and any number of units:
    were the mean difference -m, the product of 1 + m + d would be at most 1 on average, and so be
    1 / (1 - confidence) or more with a chance of at most 1 - confidence. The smallest m for which
    it is that large is the bound (Waudby-Smith and Ramdas 2024, "Estimating means of bounded random
    variables by betting", https://doi.org/10.1093/jrsssb/qkad009, with the constant bet 1).
    """
    enough = -math.log1p(-confidence)

    def ruled_out(drop: float) -> bool:
        factors = [1 + drop + d for d in differences]
        return min(factors, default=0) > 0 and math.fsum(map(math.log, factors)) >= enough

    if ruled_out(0):
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if ruled_out(middle) else (middle, high)
    return high


def units_needed(margin: float, confidence: float) -> int:
    """Return how many units without any difference rule a drop of `margin` out.

    >>> units_needed(0.1, 0.95), units_needed(0.2, 0.95)
    (32, 17)
    """
    return math.ceil(-math.log1p(-confidence) / math.log1p(margin))
