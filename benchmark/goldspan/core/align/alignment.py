"""One output aligned to a target: steps 2 to 7 of the method."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from goldspan.core.align.target import LANES, SEED, SHORT, Lane, Target
from goldspan.core.align.units import in_units_of

RARE = 2
_NEAREST = 16  # places that are compared for the longest run
_NEAR = 48  # tokens around the last run in which a common short run may go on
_GAP = 4000  # the longest side of a gap that is searched
_SCATTERED = 0.4  # share of a gap's words of the page that must be found for the matches to mean anything
_SCATTERED_OF_ALL = 0.25  # the same, as a share of all the gap's words


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where an output's tokens come from.

    Attributes:
        tokens: the output in the stream's units.
        sources: for each of them, the number of the first raw output token that it was made from.
        positions: for each, its place in the target, or -1 for an invented token.
        repeated: for each, whether its place was used before; such a token earns nothing.
    """

    tokens: tuple[str, ...]
    sources: tuple[int, ...]
    positions: NDArray[np.int32]
    repeated: NDArray[np.bool_]


def align(target: Target, output: Sequence[str]) -> Alignment:
    """Align an output's tokens to a target's.

    Args:
        target: the tokens of the stream.
        output: the tokens of the output, in order.

    Returns:
        The alignment, over the output in the stream's units.
    """
    tokens, sources = in_units_of(target, output)
    work = _Work(target, tokens)
    for number in range(LANES):
        work.tile(number, SEED)
    repeated = work.mark_repeats()
    for number in range(LANES):
        work.tile(number, 2)
    work.fill_gaps()
    for lane in target.lanes:
        work.place_short_blocks(lane)
    found = Alignment(
        tuple(tokens), tuple(sources), np.array(work.place, dtype=np.int32), np.array(repeated, dtype=np.bool_)
    )
    return _whole(found, output) if len(set(sources)) < len(sources) else found


def _whole(found: Alignment, output: Sequence[str]) -> Alignment:
    """The alignment with every token that was split, and whose parts found no places side by side, as the one invented
    token that it is."""
    sources = np.array(found.sources, dtype=np.int64)
    follows = np.diff(sources, prepend=-1) == 0  # the part before is of the same token
    apart = follows & (np.diff(found.positions, prepend=-2) != 1) | follows & (found.positions < 0)
    broken = np.isin(sources, sources[apart])
    if not broken.any():
        return found
    kept = ~(broken & follows)
    positions = np.where(broken, -1, found.positions)[kept]
    tokens = [output[s] if is_broken else t for t, s, is_broken in zip(found.tokens, sources, broken, strict=True)]
    return Alignment(
        tuple(token for token, is_kept in zip(tokens, kept, strict=True) if is_kept),
        tuple(sources[kept].tolist()),
        positions,
        (found.repeated & ~broken)[kept],
    )


class _Work:
    """One alignment in the making."""

    def __init__(self, target: Target, tokens: Sequence[str]) -> None:
        vocabulary = target.vocabulary
        self.target = target
        self.ids = list(map(vocabulary.get, tokens, repeat(-1)))
        self.id_array = np.array(self.ids, dtype=np.int64)
        self.place = [-1] * len(self.ids)
        self.used = bytearray(len(target.tokens))
        self.done = bytearray(len(self.ids))
        self._holes = [(0, len(self.ids))] if self.ids else []

    def holes(self) -> list[tuple[int, int]]:
        """The maximal ranges of the output that have no place yet. They only ever shrink."""
        found = []
        for first, last in self._holes:
            start = self.done.find(0, first, last)
            while start >= 0:
                end = self.done.find(1, start, last)
                end = last if end < 0 else end
                found.append((start, end))
                start = self.done.find(0, end, last)
        self._holes = found
        return found

    def put(self, i: int, places: Sequence[int]) -> None:
        """Give the output's tokens from i on these places."""
        end = i + len(places)
        self.place[i:end] = places
        self.done[i:end] = b"\1" * len(places)
        for place in places:
            self.used[place] = 1

    def tile(self, number: int, n: int) -> None:
        """Cover the holes with exact runs of at least n tokens of a lane."""
        target = self.target
        lane = target.lanes[number]
        holes = [hole for hole in self.holes() if hole[1] - hole[0] >= n]
        if not holes or len(lane.ids) < n:
            return
        index = lane.seeds if n == SEED else lane.pairs
        first, last = index.find(self.id_array, holes)
        place, places = self.place, lane.places
        cursor = 0
        for start, end in holes:
            before = place[start - 1] if start else -1
            if before >= 0 and target.lane_of[before] == number:
                cursor = target.place_in_lane[before] + 1
            i = start
            while i <= end - n:
                if first[i] == last[i]:
                    i += 1
                    continue
                at, length = self._longest(lane, index.order, (first[i], last[i]), i, end, cursor, n)
                if not length:
                    i += 1
                    continue
                self.put(i, places[at : at + length])
                i += length
                cursor = at + length

    def _longest(
        self, lane: Lane, order: list[int], group: tuple[int, int], i: int, end: int, cursor: int, n: int
    ) -> tuple[int, int]:
        """The start and length in the lane of the longest unused run at output i; the place where the last run ended is
        taken at once. Among many candidates, a group of the index's order, only those nearest to it are compared."""
        first, last = group
        split = bisect_left(order, cursor, first, last)
        if split < last and order[split] == cursor:
            length = self._run(lane, cursor, i, end)
            if length >= n:
                return cursor, length
        if n < SEED and last - first > RARE:
            near = [c for c in order[split : min(last, split + 4)] if c - cursor <= _NEAR]
        elif last - first <= _NEAREST:
            near = order[split:last] + order[first:split]
        else:
            near = order[split : min(last, split + _NEAREST)] + order[max(first, split - _NEAREST) : split]
        best, longest = -1, 0
        for candidate in near:
            length = self._run(lane, candidate, i, end)
            if length > longest:
                best, longest = candidate, length
        return (best, longest) if longest >= n else (-1, 0)

    def _run(self, lane: Lane, at: int, i: int, end: int) -> int:
        ids, used, lane_ids, places = self.ids, self.used, lane.ids, lane.places
        limit = min(end - i, len(lane_ids) - at)
        length = 0
        while length < limit and lane_ids[at + length] == ids[i + length] and not used[places[at + length]]:
            length += 1
        return length

    def fill_gaps(self) -> None:
        """Match each hole against the unused tokens next to its neighbours' places."""
        place = self.place
        size = len(self.target.tokens)
        for start, end in self.holes():
            left = place[start - 1] if start else -1
            right = place[end] if end < len(place) else size
            reach = 2 * (end - start) + 8
            if left < right and (right - left <= _GAP or (start == 0 and end == len(place))):
                self._match(start, end, left + 1, min(right, left + 1 + _GAP))
            else:
                self._match(start, end, left + 1, min(size, left + 1 + reach))
                self._match(start, end, max(0, right - reach), right)

    def _match(self, start: int, end: int, first: int, last: int) -> None:
        """Match the output's range against the unused places of a range of the stream, in order."""
        ids, place, used, stream = self.ids, self.place, self.used, self.target.ids
        wanted = [i for i in range(start, min(end, start + _GAP)) if place[i] < 0 and ids[i] >= 0]
        if not wanted:
            return
        words = {ids[i] for i in wanted}
        free = [p for p in range(first, last) if not used[p] and stream[p] in words]
        if not free:
            return
        pairs = _common([ids[i] for i in wanted], [stream[p] for p in free])
        if len(pairs) < max(_SCATTERED * len(wanted), _SCATTERED_OF_ALL * (end - start)):
            return
        for a, b in pairs:
            self.put(wanted[a], (free[b],))

    def place_short_blocks(self, lane: Lane) -> None:
        """Give what is left the places of whole short blocks of a lane, the first unused ones first."""
        tried: dict[tuple[int, ...], int] = defaultdict(int)
        starts = lane.short_starts
        for start, end in self.holes():
            i = start
            while i < end:
                if self.ids[i] not in starts:
                    i += 1
                    continue
                for n in range(min(SHORT, end - i), 0, -1):
                    places = self._unused_block(lane, tuple(self.ids[i : i + n]), tried)
                    if places:
                        self.put(i, places)
                        i += n
                        break
                else:
                    i += 1

    def _unused_block(self, lane: Lane, tokens: tuple[int, ...], tried: dict[tuple[int, ...], int]) -> Sequence[int]:
        """The places of the next block of these tokens that is unused. What was used once stays so: it is not looked at
        again."""
        blocks = lane.short_blocks.get(tokens, ())
        while tried[tokens] < len(blocks):
            at = blocks[tried[tokens]]
            places = lane.places[at : at + len(tokens)]
            if not any(self.used[place] for place in places):
                return places
            tried[tokens] += 1
        return ()

    def mark_repeats(self) -> list[bool]:
        """Which output tokens repeat a run of used places; they get the first such place."""
        repeated = [False] * len(self.ids)
        ids, used, stream = self.ids, self.used, self.target.ids
        holes = [hole for hole in self.holes() if hole[1] - hole[0] >= SEED]
        if not holes or len(stream) < SEED:
            return repeated
        index = self.target.seeds
        first, last = index.find(self.id_array, holes)
        for start, end in holes:
            i = start
            while i <= end - SEED:
                candidates = index.order[first[i] : min(last[i], first[i] + _NEAREST)]
                wanted = ids[i : i + SEED]
                at = next((c for c in candidates if all(used[c : c + SEED]) and stream[c : c + SEED] == wanted), -1)
                if at < 0:
                    i += 1
                    continue
                while i < end and at < len(stream) and used[at] and stream[at] == ids[i]:
                    self.put(i, (at,))
                    repeated[i] = True
                    i += 1
                    at += 1
        return repeated


def _common(a: list[int], b: list[int]) -> list[tuple[int, int]]:
    """The pairs of a longest common subsequence."""
    if len(a) == 1:  # the commonest gap by far
        return [(0, b.index(a[0]))] if a[0] in b else []
    pairs: list[tuple[int, int]] = []
    for op in LCSseq.opcodes(a, b):
        if op.tag == "equal":
            pairs += zip(range(op.src_start, op.src_end), range(op.dest_start, op.dest_end), strict=True)
    return pairs
