"""The method itself, one step a function; the package's docstring says what each does and why."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from benchmark.align.target import LANES, SEED, SHORT, WIDTH, Ids, Numbers, Runs, Target, hashes_of
from benchmark.align.units import in_units_of

RARE = 2
LONG = 24
DENSE = 0.5
SUPPORTED = 0.4
_NEAREST = 16  # places on either side of the last run that are compared for the longest run
_NEAR = 48  # tokens behind the last run in which a common short run may go on
_GAP = 4000  # the longest side of a gap that is searched
_CHUNK = 2000  # tokens of a long hole that are matched at a time
_WIDER = 2  # how much longer than a long hole the part of a lane may be that it is matched with
_LINK = 8  # tokens between two that hang together, and by how much the stream's may be more than the output's
_SCATTERED = 0.4  # share of a gap's words of the page that must be found for the matches to mean anything
_SCATTERED_OF_ALL = 0.25  # the same, as a share of all the gap's words

Range = tuple[int, int]
"""Half-open."""


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
    tokens, sources, ids = in_units_of(target, output)
    work = _Work(target, ids)
    work.tile(target.seeds, SEED)
    if work.holes:
        work.mark_repeats()
        work.unsure = work.holes
        work.match_scattered()
        work.tile(target.pairs, 2)
        work.take_back_chance()
        work.fill_gaps()
        work.take_back_chance()
        work.place_short_blocks()
    places = np.array(work.place, dtype=np.int64)
    found = places >= 0
    places[found] = target.order[places[found]]
    return Alignment(
        tuple(tokens), tuple(sources), places.astype(np.int32), np.frombuffer(bytes(work.repeated), dtype=np.bool_)
    )


class _Work:
    """One alignment in the making. Numbers are counted in the order of lanes.

    Attributes:
        place: the place of each token of the output, or -1.
        placed: whether it has one.
        repeated: whether it only repeats it.
        used: which places are taken.
        holes: the maximal ranges of the output that have no place yet.
        unsure: the ranges of the output outside of long runs and repeats.
    """

    def __init__(self, target: Target, ids: Ids) -> None:
        self.target = target
        self.ids = ids
        self.words: list[int] = ids.tolist()
        self.bytes = ids.tobytes()
        self.place = [-1] * len(ids)
        self.placed = bytearray(len(ids))
        self.repeated = bytearray(len(ids))
        self.used = bytearray(len(target.tokens))
        self.used_array = np.frombuffer(self.used, dtype=np.uint8)  # the same memory
        self.is_wanted = np.zeros(len(target.vocabulary), dtype=np.bool_)
        self.holes: list[Range] = [(0, len(ids))] if len(ids) else []
        self.unsure: list[Range] = []

    def find_holes(self, ranges: Sequence[Range]) -> None:
        """Find the holes within some ranges."""
        found = []
        for first, last in ranges:
            start = self.placed.find(0, first, last)
            while start >= 0:
                end = self.placed.find(1, start, last)
                end = last if end < 0 else end
                found.append((start, end))
                start = self.placed.find(0, end, last)
        self.holes = found

    def take(self, i: int, at: int, length: int) -> None:
        """Give a run of the output its places."""
        self.put(i, at, length)
        self.used[at : at + length] = b"\x01" * length

    def repeat(self, i: int, at: int, length: int) -> None:
        """Mark a run of the output as one that repeats used places."""
        self.put(i, at, length)
        self.repeated[i : i + length] = b"\x01" * length

    def put(self, i: int, at: int, length: int) -> None:
        self.place[i : i + length] = range(at, at + length)
        self.placed[i : i + length] = b"\x01" * length

    # Runs

    def tile(self, runs: Runs, n: int) -> None:
        """Cover the holes with exact runs of at least n tokens, lane by lane."""
        if not any(end - start >= n for start, end in self.holes):
            return
        numbers, lanes = runs.find(hashes_of(self.ids, n))
        for lane in range(LANES):
            occurs = (lanes >> lane & 1).tobytes()
            if b"\x01" in occurs:
                self.tile_lane(lane, runs, n, numbers, occurs)

    def tile_lane(self, lane: int, runs: Runs, n: int, numbers: list[int], occurs: bytes) -> None:
        first, last = self.target.bounds[lane : lane + 2]
        starts, places = runs.starts, runs.places
        holes: list[Range] = []
        cursor = first
        for start, end in self.holes:
            before = self.place[start - 1] if start else -1
            if first <= before < last:
                cursor = before + 1
            open_from = start
            i = occurs.find(1, start, max(end - n + 1, start))
            while i >= 0:
                low, high = starts[numbers[i]], starts[numbers[i] + 1]
                low, high = bisect_left(places, first, low, high), bisect_left(places, last, low, high)
                at, length = self.longest(places, (low, high), (i, end), cursor, last, n)
                if length:
                    self.take(i, at, length)
                    if open_from < i:
                        holes.append((open_from, i))
                    open_from = i + length
                    cursor = at + length
                i += max(length, 1)
                i = occurs.find(1, i, max(end - n + 1, i))
            if open_from < end:
                holes.append((open_from, end))
        self.holes = holes

    def longest(self, places: list[int], among: Range, wanted: Range, cursor: int, last: int, n: int) -> Range:
        """The longest unused run of at least n tokens that the wanted range of the output begins with: its place and
        length, or length 0.

        The place where the last run ended is taken at once. Of many places only those nearest to it are compared.

        Args:
            places: where its first n tokens stand, from ``among[0]`` to before ``among[1]``.
            cursor: where the last run ended.
            last: where the lane ends.
        """
        low, high = among
        i, end = wanted
        split = bisect_left(places, cursor, low, high)
        if split < high and places[split] == cursor:
            length = self.run(cursor, i, end, last)
            if length >= n:
                return cursor, length
        if n < SEED and high - low > RARE:
            near = [place for place in places[split : min(split + 4, high)] if place - cursor <= _NEAR]
        elif high - low <= _NEAREST:
            near = places[split:high] + places[low:split]
        else:
            near = places[split : min(split + _NEAREST, high)] + places[max(low, split - _NEAREST) : split]
        used, words, laned = self.used, self.words, self.target.laned_list
        best, length = -1, n - 1
        for place in near:
            beyond = place + length  # where a longer run must hold; that settles most comparisons
            if beyond < last and i + length < end and laned[beyond] == words[i + length] and not used[beyond]:
                found = self.run(place, i, end, last)
                if found > length:
                    best, length = place, found
        return (best, length) if best >= 0 else (-1, 0)

    def run(self, at: int, i: int, end: int, last: int) -> int:
        """How many tokens from output i on equal the unused ones from a place on."""
        length = _same(self.target.laned_bytes, at, self.bytes, i, min(end - i, last - at))
        stop = self.used.find(1, at, at + length)
        return length if stop < 0 else stop - at

    def mark_repeats(self) -> None:
        """Mark what repeats a run at used places; it gets the first such place."""
        if not any(end - start >= SEED for start, end in self.holes):
            return
        runs = self.target.seeds
        numbers, lanes = runs.find(hashes_of(self.ids, SEED))
        occurs = (lanes != 0).tobytes()
        for start, end in self.holes:
            i = occurs.find(1, start, max(end - SEED + 1, start))
            while i >= 0:
                low, high = runs.starts[numbers[i]], runs.starts[numbers[i] + 1]
                length = 0
                for at in runs.places[low : min(high, low + _NEAREST)]:
                    length = self.used_run(at, i, end)
                    if length:
                        self.repeat(i, at, length)
                        break
                i = occurs.find(1, i + max(length, 1), max(end - SEED + 1, i + max(length, 1)))
        self.find_holes(self.holes)

    def used_run(self, at: int, i: int, end: int) -> int:
        """How many tokens from output i on equal the used ones from a place on, if they are enough for a long run."""
        last = next(bound for bound in self.target.bounds if bound > at)
        length = _same(self.target.laned_bytes, at, self.bytes, i, min(end - i, last - at)) if self.used[at] else 0
        stop = self.used.find(0, at, at + length)
        length = length if stop < 0 else stop - at
        return length if length >= SEED else 0

    # Words in order

    def match_scattered(self) -> None:
        """Match each long hole in order with the unused tokens of a lane between its neighbours' places."""
        for start, end in self.holes:
            if end - start < LONG:
                continue
            before = self.place[start - 1] if start else -1
            after = self.place[end] if end < len(self.place) else -1
            for first, last in pairwise(self.target.bounds):
                low = before + 1 if first <= before < last else first
                high = after if first <= after < last else last
                if low < high <= low + _WIDER * (end - start) and self.match_in_chunks(start, end, low, high):
                    break
        self.find_holes(self.holes)

    def match_in_chunks(self, start: int, end: int, low: int, high: int) -> bool:
        """Match a long range with a part of a lane, so much of it at a time that it stays cheap."""
        is_matched = False
        for i in range(start, end, _CHUNK):
            stop = min(i + _CHUNK, end)
            if self.match(i, stop, np.arange(low, min(high, low + _WIDER * _CHUNK)), DENSE):
                is_matched = True
                low = 1 + max(self.place[i:stop])
        return is_matched

    def fill_gaps(self) -> None:
        """Match each hole with the unused tokens next to its neighbours' places, in the order of the page."""
        order, rank = self.target.order_list, self.target.rank
        size = len(order)
        for start, end in self.holes:
            left = order[self.place[start - 1]] if start else -1
            right = order[self.place[end]] if end < len(self.place) else size
            reach = 2 * (end - start) + 8
            if left < right and (right - left <= _GAP or (start == 0 and end == len(self.place))):
                self.match(start, end, rank[left + 1 : min(right, left + 1 + _GAP)])
            else:
                self.match(start, end, rank[left + 1 : min(size, left + 1 + reach)])
                self.match(start, end, rank[max(0, right - reach) : right])
        self.find_holes(self.holes)

    def match(self, start: int, end: int, window: Numbers, known_share: float = _SCATTERED) -> bool:
        """Match a range of the output in order with the unused ones of some places; whether enough is found to count.

        Args:
            known_share: how much of the range's words that the page knows must be found.
        """
        wanted = [i for i in range(start, min(end, start + _GAP)) if self.place[i] < 0 and self.words[i] >= 0]
        if len(wanted) < max(_SCATTERED_OF_ALL * (end - start), 1):
            return False
        words = self.ids[wanted]
        self.is_wanted[words] = True
        free = window[self.used_array[window] == 0]
        free = free[self.is_wanted[self.target.laned[free]]]
        self.is_wanted[words] = False
        pairs = _common(words.tolist(), self.target.laned[free].tolist())
        if len(pairs) < max(known_share * len(wanted), _SCATTERED_OF_ALL * (end - start)):
            return False
        for a, b in pairs:
            self.take(wanted[a], int(free[b]), 1)
        return True

    def take_back_chance(self) -> None:
        """Take back what only looks like a match: tokens with too few others near them."""
        for start, end in self.unsure:
            for chain in self.chains(start, end):
                touches_long_run = chain[0] < start or chain[-1] >= end
                stretch = chain[-1] - chain[0] + 1
                is_supported = len(chain) >= max(SEED, SUPPORTED * stretch) or len(chain) == len(self.place)
                if not (touches_long_run or is_supported):
                    for i in chain:
                        self.used[self.place[i]] = self.placed[i] = 0
                        self.place[i] = -1
        self.find_holes(self.unsure)

    def chains(self, start: int, end: int) -> Iterator[list[int]]:
        """The tokens with a place in a range of the output and right beside it, in pieces that hang together."""
        chain: list[int] = []
        for i in range(max(start - 1, 0), min(end + 1, len(self.place))):
            if self.place[i] < 0:
                continue
            if chain and not self.hang_together(chain[-1], i):
                yield chain
                chain = []
            chain.append(i)
        if chain:
            yield chain

    def hang_together(self, i: int, j: int) -> bool:
        """Whether two tokens of the output, with none between them that has a place, stand near each other in their
        lane or on the page."""
        steps = j - i
        if steps > _LINK:
            return False
        a, b, order = self.place[i], self.place[j], self.target.order_list
        return 0 < b - a <= steps + _LINK or 0 < order[b] - order[a] <= steps + _LINK

    # Blocks

    def place_short_blocks(self) -> None:
        """Give what is left the places of whole short blocks."""
        blocks = self.target.short_blocks
        passed: dict[bytes, int] = {}  # how many blocks of these tokens are known to be taken
        for start, end in self.holes:
            i = start
            while i < end:
                taken = 1
                for n in range(min(SHORT, end - i), 0, -1):
                    words = self.bytes[i * WIDTH : (i + n) * WIDTH]
                    if words not in blocks:
                        continue
                    starts, k = blocks[words], passed.get(words, 0)
                    while k < len(starts) and any(self.used[starts[k] : starts[k] + n]):
                        k += 1
                    passed[words] = k
                    if k < len(starts):
                        self.take(i, starts[k], n)
                    elif all(self.used[starts[0] : starts[0] + n]):
                        self.repeat(i, starts[0], n)
                    else:
                        continue
                    taken = n
                    break
                i += taken


def _same(a: bytes, at: int, b: bytes, i: int, limit: int) -> int:
    """How many numbers from a[at] and b[i] on are the same, up to a limit, by slices that grow, then shrink."""
    length, step, grows = 0, 8, True
    at, i = at * WIDTH, i * WIDTH
    while step and length < limit:
        first, last = length * WIDTH, min(length + step, limit) * WIDTH
        if a[at + first : at + last] == b[i + first : i + last]:
            length = last // WIDTH
        else:
            grows = False
        step = step * 2 if grows else step // 2
    return length


def _common(a: list[int], b: list[int]) -> list[Range]:
    """The pairs of a longest common subsequence."""
    if not a or not b:
        return []
    if len(a) == 1:  # the commonest gap by far
        return [(0, b.index(a[0]))] if a[0] in b else []
    pairs: list[Range] = []
    for op in LCSseq.opcodes(a, b):
        if op.tag == "equal":
            pairs += zip(range(op.src_start, op.src_end), range(op.dest_start, op.dest_end), strict=True)
    return pairs
