"""A stream's tokens with the indexes that aligning to them needs, made once and kept."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

LANES = 4
SEED = 4
"""Tokens of the shortest run that is taken wherever it stands."""
SHORT = 3
"""Tokens of the longest block that is looked for as a whole."""
LONGEST_PART = 64
"""Code points of the longest token that a glued word is looked for by; those behind its second may be longer."""
LONGEST_JOIN = 256
"""Code points of the longest token that is put together from split ones."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


class Index:
    """Where the runs of n tokens begin in a sequence, found for a whole output at once.

    Runs are compared by a 64-bit hash; what it finds is compared token by token before it is used.
    """

    def __init__(self, ids: Ids, n: int) -> None:
        self.n = n
        codes = _codes(ids, n)
        order = np.argsort(codes, kind="stable")
        self.codes = codes[order]
        # For the first of each group of equal codes, where the group ends.
        starts = np.flatnonzero(np.concatenate(([True], self.codes[1:] != self.codes[:-1])))
        self.ends = np.zeros(len(codes), dtype=np.int64)
        self.ends[starts] = np.append(starts[1:], len(codes))
        self.order: list[int] = order.tolist()

    def find(self, ids: Ids, ranges: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
        """For each place of an output, the range of ``order`` that holds the places of the run that begins there.

        Args:
            ids: the output's tokens.
            ranges: the parts of it that are asked for; elsewhere the range is empty.
        """
        codes = _codes(ids, self.n)
        asked = np.concatenate([np.arange(start, max(start, end - self.n + 1)) for start, end in ranges])
        wanted = codes[asked]
        found = np.searchsorted(self.codes, wanted)
        found[found == len(self.codes)] = 0
        hits = self.codes[found] == wanted
        first, last = np.zeros(len(ids), dtype=np.int64), np.zeros(len(ids), dtype=np.int64)
        first[asked[hits]] = found[hits]
        last[asked[hits]] = self.ends[found[hits]]
        return first.tolist(), last.tolist()


def _codes(ids: Ids, n: int) -> NDArray[np.uint64]:
    """A hash of each run of n numbers; the arithmetic wraps around."""
    count = max(len(ids) - n + 1, 0)
    codes = np.zeros(count, dtype=np.uint64)
    for k in range(n):
        codes = codes * _MULTIPLIER + ids[k : k + count].astype(np.uint64)
    return codes


class Lane:
    """The tokens of one lane, with indexes of their runs and short blocks that are made when they are needed."""

    def __init__(self, ids: Ids, places: Ids, blocks: Ids) -> None:
        self._ids = ids
        self._blocks = blocks
        self.ids: list[int] = ids.tolist()
        self.places: list[int] = places.tolist()

    @cached_property
    def seeds(self) -> Index:
        return Index(self._ids, SEED)

    @cached_property
    def pairs(self) -> Index:
        return Index(self._ids, 2)

    @cached_property
    def short_blocks(self) -> dict[tuple[int, ...], list[int]]:
        """The places in the lane of the blocks of up to :data:`SHORT` tokens, by their tokens."""
        found: dict[tuple[int, ...], list[int]] = defaultdict(list)
        starts = np.flatnonzero(np.diff(self._blocks, prepend=-1))
        lengths = np.diff(starts, append=len(self.ids))
        for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
            if length <= SHORT:
                found[tuple(self.ids[start : start + length])].append(start)
        return dict(found)

    @cached_property
    def short_starts(self) -> frozenset[int]:
        """The tokens that short blocks begin with."""
        return frozenset(tokens[0] for tokens in self.short_blocks)


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
        return {token: number for number, token in enumerate(dict.fromkeys(self.tokens))}

    @cached_property
    def id_array(self) -> Ids:
        return np.fromiter(map(self.vocabulary.__getitem__, self.tokens), dtype=np.int64, count=len(self.tokens))

    @cached_property
    def ids(self) -> list[int]:
        found: list[int] = self.id_array.tolist()
        return found

    @cached_property
    def lanes(self) -> tuple[Lane, ...]:
        lane_of, block_of = np.array(self.lane_of, dtype=np.int64), np.array(self.block_of, dtype=np.int64)
        places = [np.flatnonzero(lane_of == lane) for lane in range(LANES)]
        return tuple(Lane(self.id_array[p], p, block_of[p]) for p in places)

    @cached_property
    def place_in_lane(self) -> list[int]:
        """For each token, its number in its lane."""
        found = np.zeros(len(self.tokens), dtype=np.int64)
        for lane in self.lanes:
            found[lane.places] = np.arange(len(lane.places))
        numbers: list[int] = found.tolist()
        return numbers

    @cached_property
    def neighbours(self) -> Ids:
        """The adjacent pairs of tokens, whatever their lanes: each as one number, sorted."""
        return np.sort(self._pairs)

    @property
    def _pairs(self) -> Ids:
        return self.id_array[:-1] * len(self.vocabulary) + self.id_array[1:]

    @cached_property
    def _pair_order(self) -> Ids:
        """The places of the pairs, in the order of :attr:`neighbours`."""
        return np.argsort(self._pairs, kind="stable")

    @cached_property
    def neighbour_set(self) -> frozenset[int]:
        return frozenset(self.neighbours.tolist())

    def are_neighbours(self, first: str, second: str) -> bool:
        """Whether two tokens stand side by side somewhere."""
        a, b = self.vocabulary.get(first), self.vocabulary.get(second)
        return a is not None and b is not None and a * len(self.vocabulary) + b in self.neighbour_set

    def places_of(self, first: str, second: str) -> Iterator[int]:
        """The places where two tokens stand side by side, in order."""
        pair = self.vocabulary[first] * len(self.vocabulary) + self.vocabulary[second]
        for at in range(int(np.searchsorted(self.neighbours, pair)), len(self.neighbours)):
            if self.neighbours[at] != pair:
                return
            yield int(self._pair_order[at])

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of the tokens that a glued word may begin with, ascending."""
        return tuple(sorted({len(token) for token in self.vocabulary if len(token) <= LONGEST_PART}))

    @cached_property
    def longest(self) -> int:
        """The length of the longest token that may be put together from split ones."""
        return max((len(token) for token in self.vocabulary if len(token) <= LONGEST_JOIN), default=0)

    @cached_property
    def _text(self) -> str:
        return "".join(self.tokens)

    @cached_property
    def _offsets(self) -> list[int]:
        """Where each token begins in the text of all, and behind them where it ends."""
        return [0, *accumulate(map(len, self.tokens))]

    def end_of(self, word: str, place: int) -> int:
        """The number behind the last of the consecutive tokens from a place on whose concatenation is the word; 0 if
        there are none."""
        start = self._offsets[place]
        if not self._text.startswith(word, start):
            return 0
        end = bisect_left(self._offsets, start + len(word))
        return end if self._offsets[end] == start + len(word) else 0

    @cached_property
    def seeds(self) -> Index:
        return Index(self.id_array, SEED)
