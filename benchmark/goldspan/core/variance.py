"""Uncertainty that is computed, not drawn: variance by cluster, intervals, paired differences, ranks as ranges. Pure.

A page's *influence* on a figure is the figure's derivative with respect to that page's weight (the infinitesimal
jackknife). A figure that is a mean has the influence (x - mean) / n; every other has its own, and all sum to 0. The
variance of a figure is the sum over clusters of the square of what the pages of the cluster add up to, times
G / (G - 1) for G clusters. Pages that are clustered two ways have V(family) + V(article) - V(both), where pages of
one family *and* one article count as one, and never less than the larger of the first two (Cameron, Gelbach and
Miller, "Robust inference with multiway clustering", Journal of Business & Economic Statistics 29, 2011). Intervals
and p-values are Student's, at one degree of freedom less than the smaller number of clusters.

Scores are skewed: most pages are nearly right, a few are all wrong, and a sample may lack the few. So a figure with two
ends has its interval on the scale of log-odds, as if one page more were all right and one all wrong (Agresti and
Coull, "Approximate is better than exact", The American Statistician 52, 1998; Korn and Graubard, "Confidence intervals
for proportions with small expected number of positive counts estimated from survey data", Survey Methodology 24, 1998).
What that is worth is measured by ``scripts/studies/calibration.py``.

Nothing here is seeded: the same pages have the same intervals for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import hypot, inf, isnan, log, nan, sqrt, tanh

import numpy as np
from numpy.typing import NDArray

from goldspan.core import student_t
from goldspan.core.metrics.base import Array, Columns, page_means
from goldspan.core.stats import ALPHA, holm
from goldspan.model import RankRange

Codes = NDArray[np.intp]
Bounds = tuple[float, float]
Pool = Callable[[Columns, Array], dict[str, Array]]

SHARE: Bounds = (0.0, 1.0)
FEWEST_PAGES = 20
FEWEST_CLUSTERS = 10
"""Below these, intervals do not hold what they promise, as calibration shows: a figure is given without one."""
FEWEST_PAGES_COMPARED = 80
"""The same for the interval of a difference. Its p holds with fewer: no more pairs are told apart than should be."""
_ROUNDING = 1e-10  # differences and standard errors below this are rounding
_STEP = 1e-4  # of a page's weight; the error of the central difference is its square over that of the pages' number
_CELLS = 1 << 22  # weights that are evaluated at once


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Which pages belong together.

    Attributes:
        ways: for each way of clustering, one or two, the number of each page's cluster.
    """

    ways: tuple[Codes, ...]

    @classmethod
    def of(cls, names: Sequence[tuple[str, ...]]) -> Clusters:
        """From the names of each page's clusters, as :func:`goldspan.core.scoring.clusters_of` gives them."""
        ways = len(names[0]) if names else 1
        return cls(tuple(_numbered([page[way] for page in names]) for way in range(ways)))

    def only(self, pages: NDArray[np.bool_] | NDArray[np.intp]) -> Clusters:
        """The clusters of these pages alone."""
        if pages.dtype == np.bool_ and pages.all():
            return self
        return Clusters(tuple(_numbered(codes[pages]) for codes in self.ways))

    @property
    def fewest(self) -> int:
        """The number of clusters in the way that has the fewest; 0 without pages."""
        return min(_count(codes) for codes in self.ways)

    @property
    def both(self) -> Codes:
        """The cluster of pages that share their clusters in every way."""
        first, second = self.ways
        return _numbered(first * _count(second) + second)


def _numbered(names: Sequence[str] | Codes) -> Codes:
    codes: Codes = np.unique(np.asarray(names), return_inverse=True)[1]
    return codes


def _count(codes: Codes) -> int:
    return int(codes.max()) + 1 if len(codes) else 0


# Influence


def influences(pool: Pool, columns: Columns) -> dict[str, Array]:
    """What each page adds to each figure of a metric: the derivative with respect to the page's weight, shape ``(n,)``.

    For means over pages it is the closed form; for any other ``pool``, central differences.
    """
    if pool is page_means:
        return {name: (column - column.mean()) / len(column) for name, column in columns.items()}
    pages = len(next(iter(columns.values())))
    found: dict[str, list[Array]] = {}
    rows = max(_CELLS // max(2 * pages, 1), 1)
    for start in range(0, pages, rows):
        at = np.arange(start, min(start + rows, pages))
        weights = np.ones((2, len(at), pages))
        weights[0, np.arange(len(at)), at] += _STEP
        weights[1, np.arange(len(at)), at] -= _STEP
        for name, figures in pool(columns, weights.reshape(-1, pages)).items():
            above, below = figures.reshape(2, -1)
            found.setdefault(name, []).append((above - below) / (2 * _STEP))
    return {name: np.concatenate(parts) for name, parts in found.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """A figure of one system, and what it comes from.

    Attributes:
        value: NaN where the figure is not defined.
        influence: of each page, shape ``(n,)``; 0 for a page that takes no part.
        taking: which pages take part, shape ``(n,)``.
    """

    value: float
    influence: Array
    taking: NDArray[np.bool_]

    @property
    def pages(self) -> int:
        return int(self.taking.sum())


def estimate(pool: Pool, columns: Columns, taking: NDArray[np.bool_]) -> dict[str, Estimate]:
    """The figures of one metric and one system.

    Args:
        pool: the metric's.
        columns: its values, over the pages that take part.
        taking: which of all pages those are. A NaN in the column of a figure's own name takes its page out of that
            figure.
    """
    found: dict[str, Estimate] = {}
    pages = int(taking.sum())
    values = pool(columns, np.ones((1, pages)))
    for name, influence in influences(pool, columns).items():
        own = taking.copy()
        if name in columns:
            own[taking] = ~np.isnan(columns[name])
        padded = np.zeros(len(taking))
        padded[taking] = influence
        found[name] = Estimate(float(values[name][0]), padded, own)
    return found


def nowhere(pages: int) -> Estimate:
    """The figure of a system to which a metric does not apply on any page."""
    return Estimate(nan, np.zeros(pages), np.zeros(pages, dtype=np.bool_))


# Variance


def variance(influence: Array, clusters: Clusters) -> float:
    """The variance of a figure from its pages' influence; NaN where one way of clustering has a single cluster."""
    if clusters.fewest < 2:
        return nan
    parts = [_between(influence, codes) for codes in clusters.ways]
    if len(parts) == 1:
        return parts[0]
    return max(*parts, sum(parts) - _between(influence, clusters.both))


def _between(influence: Array, codes: Codes) -> float:
    count = _count(codes)
    sums = np.bincount(codes, influence, count)
    return float(sums @ sums) * count / (count - 1)


def standard_error(influence: Array, clusters: Clusters) -> float:
    """The root of the variance; what is no more than rounding is 0."""
    error = sqrt(found) if not isnan(found := variance(influence, clusters)) else nan
    return 0.0 if error < _ROUNDING else error


def enough(found: Estimate, clusters: Clusters, pages: int = FEWEST_PAGES) -> bool:
    """Whether a figure comes from enough pages and clusters for its interval, and for a rank."""
    return found.pages >= pages and clusters.only(found.taking).fewest >= FEWEST_CLUSTERS


def interval(found: Estimate, clusters: Clusters, bounds: Bounds = SHARE, alpha: float = ALPHA) -> tuple[float, float]:
    """The interval of a figure, which never leaves the figure's range and always holds the figure.

    NaN where it is not defined: the figure is not, or all its pages are of one cluster.

    Args:
        bounds: the least and the greatest value that the figure can have. Between two ends the interval is on the scale
            of log-odds; a figure without an upper end has value ± t · error, cut at the lower one.
    """
    kept = clusters.only(found.taking)
    error = standard_error(found.influence[found.taking], kept)
    if isnan(found.value) or isnan(error):
        return nan, nan
    steps = student_t.quantile(alpha, kept.fewest - 1)
    low, high = bounds
    if inf in (-low, high):
        return _cut(found.value - steps * error, found.value + steps * error, bounds)
    share, pages = (found.value - low) / (high - low), found.pages
    middle = (pages * share + 1) / (pages + 2)
    error = hypot(pages * error / (high - low), share, 1 - share) / (pages + 2)
    odds, half = log(middle / (1 - middle)), steps * error / (middle * (1 - middle))
    ends = (low + (high - low) * (1 + tanh(end / 2)) / 2 for end in (odds - half, odds + half))
    return min(next(ends), found.value), max(next(ends), found.value)


def _cut(low: float, high: float, bounds: Bounds) -> tuple[float, float]:
    return max(low, bounds[0]), min(high, bounds[1])


@dataclass(frozen=True, slots=True)
class Difference:
    """A paired difference of two figures, ``first - second``, with its interval and its two-sided p.

    NaN bounds and a p of 1 where all pages are of one cluster, since nothing can be said; without any variance, p is 1
    for no difference and 0 for one.
    """

    value: float
    low: float
    high: float
    p: float


def difference(
    first: Estimate, second: Estimate, clusters: Clusters, bounds: Bounds = SHARE, alpha: float = ALPHA
) -> Difference:
    """The paired difference of two systems' figures over the same pages.

    Args:
        bounds: of the figure, not of the difference.
    """
    value = first.value - second.value
    taking = first.taking | second.taking
    kept = clusters.only(taking)
    error = standard_error((first.influence - second.influence)[taking], kept)
    if isnan(value) or isnan(error):
        return Difference(value, nan, nan, 1.0)
    half = student_t.quantile(alpha, kept.fewest - 1) * error
    low, high = _cut(value - half, value + half, (bounds[0] - bounds[1], bounds[1] - bounds[0]))
    steps = 0.0 if abs(value) < _ROUNDING else value / error if error else inf
    return Difference(value, low, high, student_t.tail(steps, kept.fewest - 1))


# Ranks


@dataclass(frozen=True, slots=True)
class Pair:
    """Two systems by their numbers, the one with the better figure first; ``significant`` after Holm over all pairs."""

    first: int
    second: int
    difference: Difference
    significant: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """All pairs of systems, and what follows from them.

    Attributes:
        order: the systems by their figures, the best first; equal ones, and ones without a figure, as they were given.
        pairs: of the systems that have a figure, in that order.
        ranges: by system; None for one without a figure.
    """

    order: tuple[int, ...]
    pairs: tuple[Pair, ...]
    ranges: tuple[RankRange | None, ...]


def rank(
    found: Sequence[Estimate],
    clusters: Clusters,
    bounds: Bounds = SHARE,
    *,
    lower_is_better: bool = False,
    alpha: float = ALPHA,
) -> Ranking:
    """Rank systems: every pair is compared, and Holm's correction is over all pairs.

    A system's range goes from one more than the number of systems that are significantly better to all but those that
    are significantly worse. It holds the system's place in the order of the figures.
    """
    sign = 1 if lower_is_better else -1
    order = sorted(range(len(found)), key=lambda i: (isnan(found[i].value), sign * found[i].value))
    ranked = [i for i in order if not isnan(found[i].value)]
    numbers = [(a, b) for at, a in enumerate(ranked) for b in ranked[at + 1 :]]
    differences = [difference(found[a], found[b], clusters, bounds) for a, b in numbers]
    rejected = holm([one.p for one in differences], alpha)
    pairs = [
        Pair(a, b, one, significant) for (a, b), one, significant in zip(numbers, differences, rejected, strict=True)
    ]
    better = dict.fromkeys(ranked, 0)
    worse = dict.fromkeys(ranked, 0)
    for pair in pairs:
        better[pair.second] += pair.significant
        worse[pair.first] += pair.significant
    ranges = [RankRange(1 + better[i], len(ranked) - worse[i]) if i in better else None for i in range(len(found))]
    return Ranking(tuple(order), tuple(pairs), tuple(ranges))
