"""The bootstrap of the studies: clusters of pages are drawn with replacement, and intervals are percentiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from goldspan.core.stats import SEED, interval, resample

Array = NDArray[np.float64]

RESAMPLES = 2000


def weights_of(clusters: Sequence[tuple[str, ...]], *, resamples: int = RESAMPLES, seed: int = SEED) -> Array:
    """How often each page is drawn, shape ``(resamples, pages)``; resamples that draw no page are left out.

    Args:
        clusters: for each page the names of its clusters, as :func:`goldspan.core.scoring.clusters_of` gives them.
    """
    weights = resample(clusters, resamples, seed)
    drawn: Array = weights[weights.sum(axis=1) > 0]
    return drawn


def drawn_means(values: Array, weights: Array) -> Array:
    """The mean of each row of values, shape ``(rows, pages)``, in each resample: ``(resamples, rows)``."""
    means: Array = weights @ values.T / weights.sum(axis=1, keepdims=True)
    return means


def bounds(drawn: Array) -> tuple[Array, Array]:
    """The 95 % interval of each column of what was drawn, shape ``(resamples, columns)``: lower ends, upper ends."""
    low, high = np.array([interval(column) for column in drawn.T]).reshape(-1, 2).T
    return low, high
