"""What is drawn, and decided, over clusters: seeded bootstrap weights, percentile intervals, Holm; agreement. Pure.

Scores have their intervals from :mod:`goldspan.core.variance`, without dice. The bootstrap serves studies and the
agreement of annotators. A resample is a row of weights over units, so that one matrix serves every figure. What is
drawn is clusters, with replacement; with two ways of clustering, the weights of the two draws are multiplied (the
pigeonhole bootstrap of Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1, 2007).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RESAMPLES = 2000
SEED = 7
ALPHA = 0.05


def resample(clusters: Sequence[tuple[str, ...]], resamples: int = RESAMPLES, seed: int = SEED) -> Array:
    """Weights of the pages in each resample.

    Args:
        clusters: for each page the names of its clusters, one for each way of clustering.
        resamples: how many resamples.
        seed: the same seed and clusters give the same weights on every machine.

    Returns:
        Shape ``(resamples, pages)``; without pages, an empty matrix.
    """
    rng = np.random.default_rng(seed)
    weights = np.ones((resamples, len(clusters)))
    for way in range(len(clusters[0]) if clusters else 0):
        names = sorted({page[way] for page in clusters})
        number = {name: i for i, name in enumerate(names)}
        drawn = _draws(rng, len(names), resamples)[:, [number[page[way]] for page in clusters]]
        weights = weights * drawn if way else drawn
    return weights


def _draws(rng: np.random.Generator, clusters: int, resamples: int) -> Array:
    """How often each cluster is drawn, with replacement, in each resample."""
    drawn = rng.integers(0, clusters, size=(resamples, clusters))
    drawn += np.arange(resamples)[:, None] * clusters
    counts = np.bincount(drawn.ravel(), minlength=resamples * clusters)
    return counts.reshape(resamples, clusters).astype(np.float64)


def interval(figures: Array, alpha: float = ALPHA) -> tuple[float, float]:
    """The percentile interval of a figure's resamples; NaN resamples (no page drawn) are left out."""
    kept = figures[~np.isnan(figures)]
    if not len(kept):
        return float("nan"), float("nan")
    low, high = np.quantile(kept, [alpha / 2, 1 - alpha / 2])
    return float(low), float(high)


def holm(p_values: Sequence[float], alpha: float = ALPHA) -> list[bool]:
    """Which hypotheses are rejected by Holm's step-down procedure at family-wise level alpha."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    rejected = [False] * len(p_values)
    for step, i in enumerate(order):
        if p_values[i] > alpha / (len(p_values) - step):
            break
        rejected[i] = True
    return rejected


def alpha_nominal(observed: Array, totals: Array) -> Array:
    """Krippendorff's alpha for nominal labels ("Content Analysis", 4th edition, 2019, section 12.3).

    A unit with m ratings, n of them of each label, adds w·(m² - Σn²) / (m - 1) to ``observed`` and w·n to ``totals``,
    where w is its weight: a unit of weight 3 counts like three equal ones. Both are sums over units, so that resamples
    are sums too.

    Args:
        observed: disagreements, shape ``(…)``.
        totals: ratings by label, shape ``(…, labels)``.

    Returns:
        Shape ``(…)``: 1 is perfect agreement, 0 that of chance; NaN where only one label was given.
    """
    count = totals.sum(axis=-1)
    expected = count**2 - (totals**2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = np.where(expected > 0, 1 - (count - 1) * observed / expected, np.nan)
    return found
