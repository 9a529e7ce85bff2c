"""Whether what was kept stands in the page's order: Kendall's tau of the kept places, no ties.

tau = 1 − 4·inversions / (n·(n − 1)). Defined from two kept tokens on; other pages take no part. Pooled: the mean, and
``flagged``, the share of pages under :data:`FLAGGED`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from goldspan.core.metrics.base import Array, Case, Columns, Metric, page_means
from goldspan.core.metrics.token_counts import count_tokens

FLAGGED = 0.8
_ROWS = 512  # runs that are compared with all others at a time


def inversions(places: NDArray[np.int32]) -> int:
    """Pairs out of order. Neighbouring places form runs, which are few, and only runs are compared."""
    if len(places) < 2:
        return 0
    cuts = np.flatnonzero(np.diff(places) != 1) + 1
    starts = np.concatenate(([0], cuts))
    lengths = np.diff(np.concatenate((starts, [len(places)]))).astype(np.int64)
    heads = places[starts]
    total = 0
    for at in range(0, len(heads), _ROWS):
        rows = heads[at : at + _ROWS, None] > heads[None, :]
        later = np.arange(len(heads))[None, :] > np.arange(at, min(at + _ROWS, len(heads)))[:, None]
        total += int(((rows & later) @ lengths) @ lengths[at : at + _ROWS])
    return total


def tau(places: NDArray[np.int32]) -> float:
    """Kendall's tau of distinct places against their sorted order; needs at least two."""
    n = len(places)
    return 1 - 4 * inversions(places) / (n * (n - 1))


def measure(case: Case) -> dict[str, float] | None:
    counts = count_tokens(case)
    if counts is None or len(counts.kept) < 2:
        return None
    return {"tau": tau(counts.kept)}


def pool(columns: Columns, weights: Array) -> dict[str, Array]:
    return page_means({"tau": columns["tau"], "flagged": (columns["tau"] < FLAGGED).astype(np.float64)}, weights)


def _bounds(name: str) -> tuple[float, float]:
    return (-1.0, 1.0) if name == "tau" else (0.0, 1.0)


METRIC = Metric(
    name="order",
    version=2,
    headline="tau",
    needs=frozenset({"blocks"}),
    measure=measure,
    pool=pool,
    about="Kendall's tau of the kept tokens' order against the page's.",
    bounds=_bounds,
)
