"""Statistics of paired differences, one a unit: what a few prompts can show, and what they cannot.

Both are exact where units are few, and neither calls a handful of equal values proof: `sign_flip_p`
needs five units for 0.95 whatever they say, and `largest_drop` over n units without any drop is
1 / 0.05^(1/n) - 1 at best (0.35 for 10, 0.11 for 30).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

EXACT = 14
"""Up to so many units every pattern of signs is enumerated."""

RESAMPLES = 9999


def sign_flip_p(differences: Sequence[float], seed: int = 0) -> float:
    """Return the one-sided p-value of the paired sign-flip test.

    Where two roles do not differ, each unit's difference is as likely with the other sign; p is
    the share of the patterns of signs whose sum is at least the observed one. Beyond `EXACT` units
    they are drawn, and the observed one counts as drawn (Phipson and Smyth 2010, "Permutation
    P-values should never be zero", https://doi.org/10.2202/1544-6115.1585).
    """
    total = math.fsum(differences)
    least = total - 1e-9 * math.fsum(map(abs, differences))  # sums in another order differ a little
    if len(differences) <= EXACT:
        sums = [0.0]
        for d in differences:
            sums = [s + signed for s in sums for signed in (d, -d)]
        return sum(s >= least for s in sums) / len(sums)
    draw = random.Random(seed)  # noqa: S311 - resampling, no secret
    as_large = 0
    for _ in range(RESAMPLES):
        signs = draw.getrandbits(len(differences))
        flipped = math.fsum(d for i, d in enumerate(differences) if signs >> i & 1)
        as_large += total - 2 * flipped >= least
    return (1 + as_large) / (1 + RESAMPLES)


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
