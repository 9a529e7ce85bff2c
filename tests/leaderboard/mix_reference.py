"""The reference of ``mix.js``, which ranks the systems on the site by somebody's own mix of pages.

The pages get weights by raking: first so that the page types have the shares that were asked for, then the languages,
in turns until both fit. The score is the weighted mean. Its interval, and whether two systems differ, come from the
variance over clusters, linearised: with families and articles, the sum over both ways, as careful as the bootstrap's.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldspan.core.scoring import FEW
from goldspan.leaderboard.site.overview import UNITS

Array = NDArray[np.float64]
_ROUNDS = 200
_CLOSE = 1e-9
_Z = 1.959963984540054


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
        rank: its rank group; None if it is not ranked.
    """

    value: float
    low: float
    high: float
    rank: int | None


def too_few(strata: Sequence[str]) -> list[str]:
    """The strata with fewer than 10 pages: nobody may give them a share."""
    return sorted(name for name in set(strata) if strata.count(name) < FEW)


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
        if total <= 0 or any(share > 0 and strata.count(name) < FEW for name, share in shares.items()):
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
    """How many equally weighted pages the weights are worth."""
    return float(1 / np.sum(weights**2))


def mix_scores(
    scores: Mapping[str, Sequence[float | None]],
    weights: Array,
    clusters: Sequence[tuple[str, ...]],
    ranked: Sequence[str],
) -> dict[str, MixScore]:
    """Scores, intervals and rank groups under weights.

    Args:
        scores: for each system the score of each page; None where a page takes no part.
        clusters: for each page its cluster in each way of clustering.
        ranked: the systems that are ranked.
    """
    found = {}
    influence = {}
    for name, values in scores.items():
        takes_part = np.array([value is not None for value in values])
        known = np.array([value if value is not None else 0.0 for value in values])
        part = np.where(takes_part, weights, 0.0)
        total = float(part.sum())
        mean = float((part * known).sum() / total) if total else math.nan
        influence[name] = part * (known - mean) / total if total else np.zeros(len(weights))
        margin = _Z * math.sqrt(_variance(influence[name], clusters))
        found[name] = MixScore(mean, max(mean - margin, 0.0), min(mean + margin, 1.0), None)
    groups = _groups(found, influence, clusters, [name for name in ranked if not math.isnan(found[name].value)])
    return {name: MixScore(one.value, one.low, one.high, groups.get(name)) for name, one in found.items()}


def _variance(influence: Array, clusters: Sequence[tuple[str, ...]]) -> float:
    total = 0.0
    for way in range(len(clusters[0]) if clusters else 0):
        sums: dict[str, float] = {}
        for value, names in zip(influence.tolist(), clusters, strict=True):
            sums[names[way]] = sums.get(names[way], 0.0) + value
        total += sum(value * value for value in sums.values())
    return total


def _groups(
    found: Mapping[str, MixScore],
    influence: Mapping[str, Array],
    clusters: Sequence[tuple[str, ...]],
    ranked: Sequence[str],
) -> dict[str, int]:
    """The best system and all that are not significantly worse (paired, Holm-corrected), then the same of the rest."""
    left = sorted(ranked, key=lambda name: (-found[name].value, name))
    groups: dict[str, int] = {}
    group = 0
    while left:
        group += 1
        best, others = left[0], left[1:]
        tests = []
        for name in others:
            gap = found[best].value - found[name].value
            error = math.sqrt(_variance(influence[best] - influence[name], clusters))
            tests.append((math.erfc(gap / error / math.sqrt(2)) if error > 0 else float(gap <= 0), name))
        tests.sort()
        worse: set[str] = set()
        for step, (p, name) in enumerate(tests):
            if p > 0.05 / (len(tests) - step):
                break
            worse.add(name)
        groups |= {name: group for name in left if name not in worse}
        left = [name for name in left if name in worse]
    return groups
