"""The statistics of a paired comparison of passing rates, with clusters of dependent items.

An item is one prompt of one behavior and role; its change d is the candidate's passing rate over
its samples minus the baseline's. Prompts of one behavior are not independent: they are one cluster.
The mean change D has the cluster-robust standard error SE, with S the sums of d by cluster:

    SE² = C/(C-1) · Σ_c (S_c - n_c D)² / n²

Numpy and scipy are imported inside functions: commands that need no statistics start without them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_qwen.stats.paired import sign_flip_p

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float64]]


class PairedRate(NamedTuple):
    """One prompt of one behavior and role: its cluster and its passing rates on both sides."""

    cluster: str
    baseline: float
    candidate: float


@dataclass(frozen=True)
class Estimate:
    """How a passing rate changed. Rates and changes are fractions: -0.1 is ten points less.

    `lower` and `upper` bound the change, one-sided at level 1 - α each: a 90 % interval at α = .05.
    `p` is the probability of so great a loss, or a greater one, if nothing had become worse.
    `mde` is the drop that this comparison finds with 80 % power; infinite where there is none.
    """

    items: int
    clusters: int
    baseline: float
    candidate: float
    change: float
    se: float
    lower: float
    upper: float
    p: float
    test: str
    mde: float


def estimate(items: Sequence[PairedRate], alpha: float = 0.05) -> Estimate:
    """Estimate the change of a passing rate.

    Args:
        items: at least one.
        alpha: the level of the bounds.

    Raises:
        ValueError: there is no item, or a rate is not a number.
    """
    import numpy as np

    if not items:
        raise ValueError("expected items, got none")
    order: dict[str, int] = {}
    codes = np.array([order.setdefault(item.cluster, len(order)) for item in items])
    before = np.array([item.baseline for item in items], dtype=float)
    after = np.array([item.candidate for item in items], dtype=float)
    d = after - before
    if not np.isfinite(d).all():
        raise ValueError("expected rates, got one that is no number")
    sums: Floats = np.bincount(codes, d).astype(np.float64)
    sizes: Floats = np.bincount(codes).astype(np.float64)
    lower, upper, smoothed = bounds(sums, sizes, alpha)
    test, p = alarm(d, sums, sizes)
    return Estimate(
        items=len(items),
        clusters=len(order),
        baseline=float(before.mean()),
        candidate=float(after.mean()),
        change=float(d.mean()),
        se=standard_error(sums, sizes),
        lower=max(-1.0, lower),
        upper=min(1.0, upper),
        p=p,
        test=test,
        mde=_detectable(smoothed, len(order), alpha),
    )


def standard_error(sums: Floats, sizes: Floats) -> float:
    """Return the cluster-robust standard error of the mean change; infinite for one cluster."""
    if len(sums) < 2:
        return math.inf
    n = sizes.sum()
    residuals = sums - sizes * (sums.sum() / n)
    scale = len(sums) / (len(sums) - 1)
    return float(math.sqrt(scale * (residuals**2).sum()) / n)


def bounds(sums: Floats, sizes: Floats, alpha: float) -> tuple[float, float, float]:
    """Return the lower and the upper bound of the change, and the standard error behind them.

    Two pseudo-clusters of average size are added, one that is all gain and one all loss, as Agresti
    and Coull (1998) add pseudo-observations to a proportion: a few items without a flip prove
    little, where a bare t interval would have no width.
    """
    import numpy as np

    size = float(sizes.mean())
    sums, sizes = np.append(sums, [size, -size]), np.append(sizes, [size, size])
    se = standard_error(sums, sizes)
    middle, half = float(sums.sum() / sizes.sum()), quantile(1 - alpha, len(sums) - 1) * se
    return middle - half, middle + half, se


def quantile(p: float, df: int) -> float:
    """Return a quantile of Student's t; `scipy.stats.t.ppf`, which takes a second to import."""
    from scipy.special import stdtrit

    return float(stdtrit(df, p))


def alarm(d: Floats, sums: Floats, sizes: Floats) -> tuple[str, float]:
    """Test whether the change is a loss: the name of the test, and p.

    One item a cluster that is lost, kept or gained as a whole: the exact test of McNemar (1947).
    Otherwise the signs of the clusters' sums are flipped, see `sign_flip_p`: where the models are
    alike, each sum is as likely as its opposite.
    """
    import numpy as np
    from scipy.special import bdtrc

    if sizes.max() == 1 and bool(np.isin(d, (-1.0, 0.0, 1.0)).all()):
        losses, gains = int((d < 0).sum()), int((d > 0).sum())
        if losses + gains == 0:
            return "mcnemar", 1.0
        # The p of scipy.stats.binomtest against more losses than gains.
        return "mcnemar", float(bdtrc(losses - 1, losses + gains, 0.5)) if losses else 1.0
    return "sign-flip", sign_flip_p((-sums).tolist())


def _detectable(se: float, clusters: int, alpha: float) -> float:
    """Return the minimum detectable effect at 80 % power; `se` is never zero, see `bounds`."""
    if clusters < 2:
        return math.inf
    return (quantile(1 - alpha, clusters - 1) + quantile(0.8, clusters - 1)) * se


def clusters_needed(estimated: Estimate, margin: float, alpha: float, least: int) -> int | None:
    """Return about how many clusters like these would find a drop of `margin` with 80 % power.

    None where one cluster tells nothing of the others, or a million were not enough.
    """
    if estimated.clusters < 2:
        return None
    spread = estimated.se**2 * (
        estimated.clusters - 1
    )  # of one cluster, in clusters of average size
    n = least
    while n < 1_000_000:
        k = n + 2  # with the pseudo-clusters of `bounds`
        se = math.sqrt((n * spread + 2) / (k * (k - 1)))
        if (quantile(1 - alpha, n - 1) + quantile(0.8, n - 1)) * se <= margin:
            return n
        n += max(1, n // 50)
    return None


def holm(ps: Sequence[float]) -> list[float]:
    """Adjust p-values so that any false alarm among them is bounded (Holm 1979)."""
    adjusted, highest = [0.0] * len(ps), 0.0
    for rank, i in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[i]))
        adjusted[i] = highest
    return adjusted


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Adjust p-values so that the share of false alarms is bounded (Benjamini, Hochberg 1995)."""
    adjusted, lowest = [0.0] * len(ps), 1.0
    for rank, i in reversed(list(enumerate(sorted(range(len(ps)), key=ps.__getitem__), 1))):
        lowest = min(lowest, len(ps) * ps[i] / rank)
        adjusted[i] = lowest
    return adjusted


def zero_bound(n: int, alpha: float = 0.05) -> float:
    """Return the upper bound of a rate of which `n` samples showed nothing: 1 - α^(1/n)."""
    return 1.0 if n == 0 else 1.0 - alpha ** (1.0 / n)
