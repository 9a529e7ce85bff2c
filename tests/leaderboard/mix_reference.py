"""The reference of ``mix.js``, which ranks the systems on the site by somebody's own mix of pages.

The pages get weights by raking: first so that the page types have the shares that were asked for, then the languages,
in turns until both fit. The score is the weighted mean. Its interval and the ranks are those of
:mod:`goldspan.core.variance`, of influence values that are weighted too, and with as many pages as the weights are
worth.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldspan.core.variance import FEWEST_PAGES, Clusters, Estimate, enough, interval, rank
from goldspan.leaderboard.site.overview import UNITS
from goldspan.model import RankRange

Array = NDArray[np.float64]
_ROUNDS = 200
_CLOSE = 1e-9


def unpack_scores(packed: Sequence[str]) -> list[list[float | None]]:
    """F1, precision and recall of the pages, as the script unpacks them."""
    found = []
    for text, (size, most) in zip(packed, UNITS, strict=True):
        data = base64.b64decode(text)
        values = [int.from_bytes(data[at : at + size], "little") for at in range(0, len(data), size)]
        found.append([None if value > most else value / most for value in values])
    return found


@dataclass(frozen=True, slots=True)
class MixScore:
    """One system's score under a mix.

    Attributes:
        low, high: None where the score comes from too few pages or clusters for an interval.
        rank: the ranks that it can have; None if it is not ranked.
    """

    value: float
    low: float | None
    high: float | None
    rank: RankRange | None


@dataclass(frozen=True, slots=True, eq=False)
class WeightedEstimate(Estimate):
    """A figure of weighted pages, which are worth fewer than their number."""

    worth: float

    @property
    def pages(self) -> float:  # type: ignore[override]
        return self.worth


def mix_weights(pages: int, margins: Sequence[tuple[Sequence[str], Mapping[str, float]]]) -> Array | None:
    """Weights of the pages, with the sum 1.

    Args:
        margins: for each way of dividing the pages, the stratum of each page and the share of each stratum; shares need
            not sum to 1, and what is not named has none.

    Returns:
        None where no weights give such shares, or a stratum with too few pages has one.
    """
    weights = np.full(pages, 1.0 / pages) if pages else np.zeros(0)
    members = []
    for strata, shares in margins:
        total = sum(shares.values())
        if total <= 0 or any(share > 0 and strata.count(name) < FEWEST_PAGES for name, share in shares.items()):
            return None
        wanted = {name: shares.get(name, 0.0) / total for name in dict.fromkeys(strata)}
        members.append(
            [(np.array([i for i, one in enumerate(strata) if one == name]), share) for name, share in wanted.items()]
        )
    for _ in range(_ROUNDS):
        gap = 0.0
        for groups in members:
            for at, share in groups:
                now = float(weights[at].sum())
                gap = max(gap, abs(now - share))
                weights[at] = weights[at] * (share / now) if now > 0 else 0.0
        if gap < _CLOSE:
            return weights
    return None


def effective_pages(weights: Array) -> float:
    """How many equally weighted pages the weights are worth, rounded so that 20 equal ones are 20."""
    squares = float(np.sum(weights**2))
    return round(float(weights.sum()) ** 2 / squares, 6) if squares else 0.0


def mix_scores(
    scores: Mapping[str, Sequence[float | None]], weights: Array, clusters: Clusters, ranked: Sequence[str]
) -> dict[str, MixScore]:
    """Scores, intervals and ranks under weights.

    Args:
        scores: for each system the score of each page; None where a page takes no part.
        ranked: the systems that are ranked, if their pages are enough.
    """
    found = {name: _weighted(values, weights) for name, values in scores.items()}
    held = {name for name, one in found.items() if enough(one, clusters)}
    compared = [name for name in ranked if name in held]
    ranges = dict(zip(compared, rank([found[name] for name in compared], clusters).ranges, strict=True))
    made = {}
    for name, one in found.items():
        low, high = interval(one, clusters) if name in held else (None, None)
        made[name] = MixScore(one.value, low, high, ranges.get(name))
    return made


def _weighted(values: Sequence[float | None], weights: Array) -> WeightedEstimate:
    taking = np.array([value is not None for value in values]) & (weights > 0)
    known = np.array([value if value is not None else 0.0 for value in values])
    part = np.where(taking, weights, 0.0)
    total = float(part.sum())
    mean = float((part * known).sum() / total) if total else math.nan
    influence = part * (known - mean) / total if total else np.zeros(len(part))
    return WeightedEstimate(mean, influence, taking, effective_pages(part))
