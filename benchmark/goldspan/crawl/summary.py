"""What is counted for a shard. All counts are sums, so those of any number of shards add up to the run's."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from goldspan.data.mapping import converter
from goldspan.model import FAILURES, Prediction

if TYPE_CHECKING:
    from cattrs import Converter

_STEPS = 8  # bins that a doubling is cut into: a quantile read off them is within 5 %


@dataclass(slots=True)
class Spread:
    """The distribution of a quantity, in bins of equal ratio."""

    bins: Counter[int] = field(default_factory=Counter)

    def add(self, value: float) -> None:
        self.bins[round(_STEPS * math.log2(value)) if value > 0 else -1000] += 1

    def quantile(self, share: float) -> float | None:
        """The value below which a given share lies; None if there are none."""
        left = share * sum(self.bins.values())
        for number in sorted(self.bins):
            left -= self.bins[number]
            if left <= 0:
                return 0.0 if number == -1000 else float(2 ** (number / _STEPS))
        return None


@dataclass(slots=True)
class Tally:
    """What one system did.

    Attributes:
        statuses: pages by status.
        tokens: how long the outputs are that hold something.
        ms: how long the calls took.
        seconds: what they took together.
        peak_mb: the highest.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    tokens: Spread = field(default_factory=Spread)
    ms: Spread = field(default_factory=Spread)
    seconds: float = 0.0
    peak_mb: float = 0.0

    def add(self, prediction: Prediction, tokens: int) -> None:
        self.statuses[prediction.status] += 1
        if prediction.status == "ok":
            self.tokens.add(tokens)
        if prediction.ms is not None:
            self.ms.add(prediction.ms)
            self.seconds += prediction.ms / 1000
        self.peak_mb = max(self.peak_mb, prediction.peak_mb or 0.0)

    @property
    def answered(self) -> int:
        return sum(count for status, count in self.statuses.items() if status not in FAILURES)


@dataclass(slots=True)
class Summary:
    """What is known about some shards.

    Attributes:
        pages: how many there are, damaged ones left out.
        damaged: records that hold no page that can be read.
        size: bytes of the pages.
        worker_seconds: what workers spent on them.
        tallies: by the system's key.
        alike: for each pair of systems the sum of their agreements and the number of pages on which both answered.
    """

    systems: tuple[str, ...]
    pages: int = 0
    damaged: int = 0
    size: int = 0
    worker_seconds: float = 0.0
    tallies: dict[str, Tally] = field(default_factory=dict)
    alike: list[list[float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = len(self.systems)
        self.tallies = self.tallies or {key: Tally() for key in self.systems}
        self.alike = self.alike or [[0.0, 0] for _ in range(count * (count - 1) // 2)]

    def add_likenesses(self, values: Sequence[float | None]) -> None:
        for pair, value in zip(self.alike, values, strict=True):
            if value is not None:
                pair[0] += value
                pair[1] += 1

    def merge(self, other: Summary) -> None:
        """Add what is known about other shards."""
        self.pages += other.pages
        self.damaged += other.damaged
        self.size += other.size
        self.worker_seconds += other.worker_seconds
        for key, theirs in other.tallies.items():
            ours = self.tallies[key]
            ours.statuses.update(theirs.statuses)
            ours.tokens.bins.update(theirs.tokens.bins)
            ours.ms.bins.update(theirs.ms.bins)
            ours.seconds += theirs.seconds
            ours.peak_mb = max(ours.peak_mb, theirs.peak_mb)
        for mine, their in zip(self.alike, other.alike, strict=True):
            mine[0] += their[0]
            mine[1] += their[1]

    def to_json(self) -> dict[str, Any]:
        return dict(_converter().unstructure(self))


def summary_from_json(data: Mapping[str, Any]) -> Summary:
    return _converter().structure(data, Summary)


@cache
def _converter() -> Converter:
    made = converter(omit_if_default=False).copy()
    made.register_structure_hook(Spread, lambda bins, _: Spread(Counter(dict(bins))))
    made.register_unstructure_hook(Spread, lambda spread: sorted(spread.bins.items()))
    return made
