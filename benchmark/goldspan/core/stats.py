"""Uncertainty: seeded bootstrap weights, intervals, paired differences, rank groups; agreement. Pure.

A resample is a row of weights over pages, so that one matrix serves every system and every figure, and each difference
is paired at no cost. Pages of one site resemble each other: what is drawn is clusters, with replacement. Composed pages
have two of them, a family and an article; there the weights of the two draws are multiplied (the pigeonhole bootstrap
of Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1, 2007), which is on the careful side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Difference:
    """A paired difference of two figures, ``first − second``.

    Attributes:
        p: two-sided, from the resampled differences centred on 0; never below 1 / (resamples + 1).
    """

    value: float
    low: float
    high: float
    p: float


def difference(first: float, second: float, first_figures: Array, second_figures: Array) -> Difference:
    """The paired difference of two figures from their resamples under the same weights."""
    value = first - second
    drawn = first_figures - second_figures
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        return Difference(value, float("nan"), float("nan"), 1.0)
    low, high = interval(drawn)
    # The tolerance keeps rounding from telling two equal systems apart.
    beyond = np.count_nonzero(np.abs(drawn - value) >= abs(value) - 1e-12)
    return Difference(value, low, high, (1 + int(beyond)) / (len(drawn) + 1))


def holm(p_values: Sequence[float], alpha: float = ALPHA) -> list[bool]:
    """Which hypotheses are rejected by Holm's step-down procedure at family-wise level alpha."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    rejected = [False] * len(p_values)
    for step, i in enumerate(order):
        if p_values[i] > alpha / (len(p_values) - step):
            break
        rejected[i] = True
    return rejected


def rank_groups(values: Sequence[float], figures: Sequence[Array], lower_is_better: bool = False) -> list[int]:
    """Rank groups from 1: the best system and all that are not significantly worse than it (paired, Holm-corrected
    within the step), then the same among the rest.

    Args:
        values: the figure of each system.
        figures: its resamples, each of shape ``(resamples,)``, under the same weights.
    """
    sign = -1.0 if lower_is_better else 1.0
    groups = [0] * len(values)
    left = sorted(range(len(values)), key=lambda i: -sign * values[i])
    group = 0
    while left:
        group += 1
        best, others = left[0], left[1:]
        p_values = [difference(values[best], values[i], figures[best], figures[i]).p for i in others]
        worse = holm(p_values)
        for i, is_worse in zip([best, *others], [False, *worse], strict=True):
            if not is_worse:
                groups[i] = group
        left = [i for i, is_worse in zip(others, worse, strict=True) if is_worse]
    return groups


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
