"""The side of the stream: its tokens in lanes, and the indexes that outputs are looked up in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise, repeat

import numpy as np
from numpy.typing import NDArray

SEED = 4
"""Tokens of a long run."""
SHORT = 3
"""Tokens of a short block, at most."""
LANES = 4
WIDTH = 4
"""Bytes of a token's number, where sequences of numbers are compared as bytes."""

Ids = NDArray[np.int32]
Numbers = NDArray[np.int64]

_MULTIPLIER = np.int64(-7046029254386353131)  # odd; runs are found by their hash, and every hit is compared


def hashes_of(ids: Ids, n: int) -> Numbers:
    """A hash of each run of n tokens."""
    wide = ids.astype(np.int64)
    count = max(len(ids) - n + 1, 0)
    hashes = wide[:count].copy()
    for k in range(1, n):
        hashes *= _MULTIPLIER
        hashes += wide[k : count + k]
    return hashes


class Runs:
    """Where the runs of n tokens stand in the lanes.

    Attributes:
        hashes: the distinct ones, sorted.
        lanes: for each of them the lanes in which it occurs, as bits.
        starts: for each of them where its places begin in ``places``; one more at the end.
        places: places in the order of lanes, ascending for each hash.
    """

    def __init__(self, ids: Ids, bounds: Sequence[int], n: int) -> None:
        hashes = hashes_of(ids, n)
        inside = np.ones(len(hashes), dtype=np.bool_)
        lane_bits = np.empty(len(hashes), dtype=np.uint8)
        for lane, (first, last) in enumerate(pairwise(bounds)):
            inside[max(last - n + 1, 0) : last] = False  # a run does not go from one lane into the next
            lane_bits[first:last] = 1 << lane
        within = np.flatnonzero(inside)
        places = within[np.argsort(hashes[within], kind="stable")]
        ordered = hashes[places]
        is_new = np.ones(len(ordered), dtype=np.bool_)
        np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
        starts = np.flatnonzero(is_new)
        self.hashes = ordered[starts]
        self.lanes = np.bitwise_or.reduceat(lane_bits[places], starts) if len(starts) else lane_bits[:0]
        self.starts: list[int] = [*starts.tolist(), len(places)]
        self.places: list[int] = places.tolist()

    def find(self, hashes: Numbers) -> tuple[list[int], NDArray[np.uint8]]:
        """For each hash its number, and the lanes in which it occurs, 0 for none."""
        if not len(self.hashes):
            return [0] * len(hashes), np.zeros(len(hashes), dtype=np.uint8)
        numbers = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        lanes = np.where(self.hashes[numbers] == hashes, self.lanes[numbers], np.uint8(0))
        return numbers.tolist(), lanes


class Target:
    """A stream's tokens, ready to be aligned to.

    Args:
        tokens: the tokens in order.
        lanes: the lane of each: 0 content, 1 neutral, 2 noise, 3 extra.
        blocks: the number of the block that each stands in.

    What is derived of it is kept, so that many outputs are aligned to one target at the price of one.
    """

    def __init__(self, tokens: Sequence[str], lanes: Sequence[int], blocks: Sequence[int]) -> None:
        self.tokens = tuple(tokens)
        self.lane_of = tuple(lanes)
        self.block_of = tuple(blocks)
        if not len(self.tokens) == len(self.lane_of) == len(self.block_of):
            raise ValueError(f"{len(self.tokens)} tokens, {len(self.lane_of)} lanes, {len(self.block_of)} blocks")

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """The distinct tokens, numbered as they come."""
        return {token: i for i, token in enumerate(dict.fromkeys(self.tokens))}

    def numbers(self, tokens: Sequence[str]) -> Ids:
        """The tokens' numbers in the vocabulary; -1 for those that it lacks."""
        return np.fromiter(map(self.vocabulary.get, tokens, repeat(-1)), np.int32, len(tokens))

    @cached_property
    def id_array(self) -> Ids:
        return self.numbers(self.tokens)

    @cached_property
    def ids(self) -> list[int]:
        """The tokens' numbers, in the order of the page."""
        found: list[int] = self.id_array.tolist()
        return found

    # The order of lanes: lane after lane, in which the alignment is made.

    @cached_property
    def order(self) -> Numbers:
        """The tokens' places on the page, lane after lane."""
        return np.argsort(np.array(self.lane_of, dtype=np.int8), kind="stable")

    @cached_property
    def order_list(self) -> list[int]:
        found: list[int] = self.order.tolist()
        return found

    @cached_property
    def rank(self) -> Numbers:
        """The inverse of ``order``: where each token of the page stands in the order of lanes."""
        rank = np.empty(len(self.tokens), dtype=np.int64)
        rank[self.order] = np.arange(len(self.tokens))
        return rank

    @cached_property
    def bounds(self) -> list[int]:
        """Where each lane begins in the order of lanes, and the end."""
        counts = np.bincount(np.array(self.lane_of, dtype=np.int64), minlength=LANES)
        return [0, *np.cumsum(counts).tolist()]

    @cached_property
    def laned(self) -> Ids:
        """The tokens' numbers in the order of lanes."""
        return self.id_array[self.order]

    @cached_property
    def laned_list(self) -> list[int]:
        found: list[int] = self.laned.tolist()
        return found

    @cached_property
    def laned_bytes(self) -> bytes:
        return self.laned.tobytes()

    # The indexes

    @cached_property
    def seeds(self) -> Runs:
        return Runs(self.laned, self.bounds, SEED)

    @cached_property
    def pairs(self) -> Runs:
        return Runs(self.laned, self.bounds, 2)

    @cached_property
    def short_blocks(self) -> dict[bytes, list[int]]:
        """The blocks of up to :data:`SHORT` tokens by their tokens: where they begin in the order of lanes."""
        blocks = np.array(self.block_of, dtype=np.int64)[self.order]
        lanes = np.array(self.lane_of, dtype=np.int64)[self.order]
        ends = np.flatnonzero((np.diff(blocks, append=-1) != 0) | (np.diff(lanes, append=-1) != 0)) + 1
        starts = np.concatenate(([0], ends[:-1]))[: len(ends)]
        short = ends - starts <= SHORT
        found: dict[bytes, list[int]] = {}
        for start, end in zip(starts[short].tolist(), ends[short].tolist(), strict=True):
            found.setdefault(self.laned_bytes[start * WIDTH : end * WIDTH], []).append(start)
        return found

    @cached_property
    def neighbours(self) -> frozenset[tuple[int, int]]:
        """The pairs of tokens that stand side by side on the page, whatever their lanes, by their numbers."""
        return frozenset(pairwise(self.ids))

    @cached_property
    def _neighbour_hashes(self) -> Numbers:
        return np.sort(hashes_of(self.id_array, 2))

    def are_neighbours(self, ids: Ids) -> NDArray[np.bool_]:
        """For each token but the last, whether it and the next stand side by side somewhere on the page."""
        pairs, known = hashes_of(ids, 2), self._neighbour_hashes
        if not len(known):
            return np.zeros(len(pairs), dtype=np.bool_)
        found: NDArray[np.bool_] = known[np.minimum(np.searchsorted(known, pairs), len(known) - 1)] == pairs
        return found
