"""Random choices that come out the same on every machine and Python version.

Only ``Random.random()`` is used: its sequence is guaranteed for a seed, which ``sample`` and ``shuffle`` are not.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


class Rng:
    """A stream of choices. Each part of a page draws from a child, so that a change in one leaves the rest alone."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._random = random.Random(seed)

    def child(self, name: str) -> Rng:
        """An independent stream named after this one; it does not matter when it is created."""
        return Rng(f"{self.seed}/{name}")

    def unit(self) -> float:
        return self._random.random()

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self._random.random() * len(items))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        at = self._random.random() * sum(weights.values())
        for item, weight in weights.items():
            at -= weight
            if at < 0:
                return item
        return next(reversed(tuple(weights)))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        result = list(items)
        for end in range(len(result) - 1, 0, -1):
            other = int(self._random.random() * (end + 1))
            result[end], result[other] = result[other], result[end]
        return result

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """Up to ``count`` different items, in drawn order."""
        return self.shuffled(items)[:count]

    def text(self, length: int, alphabet: str = "0123456789abcdef") -> str:
        return "".join(alphabet[int(self._random.random() * len(alphabet))] for _ in range(length))
