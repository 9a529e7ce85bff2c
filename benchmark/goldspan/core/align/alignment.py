"""Where each token of an output comes from in the stream: align once, score many.

The method, version 1. The stream's tokens stand in *lanes* by what they count as: content, neutral, noise, extra. Each
is a token sequence of its own, so that body text goes on across the advert in its middle.

1. *Units.* Up to three adjacent tokens whose concatenation equals one token of the other side match it (words glued or
   split at inline tags). The output is rewritten in the stream's units, so that a glued word counts as the words it is.
2. *Long runs.* Lane by lane, in the order content, neutral, noise, extra: the output is walked; a run goes on where the
   last one ended, if it can, else it starts at the longest exact run of at least :data:`SEED` tokens among the nearest
   places. A place in the stream is used once. Priority comes before length: a sentence that stands in the body and in a
   teaser is the body's.
3. *Repeats.* What is left and equals a run of at least :data:`SEED` tokens at used places is *repeated*: a second copy
   must not be taken apart to earn two words here and there.
4. *Short runs* of two tokens, lane by lane, where they are rare in the lane or go on near the last run.
5. *Gaps.* What is left between two neighbours in the output is matched against the unused tokens between their places
   in the stream by a longest common subsequence.
6. *Short blocks.* What is left is searched for whole blocks of the stream of up to :data:`SHORT` tokens: a tag, a table
   cell or a button that was put out somewhere else. Other single words that are left match nothing: a paraphrase or a
   list of the page's words must not earn the text it does not hold.
7. What is left is *invented*.

Ties are broken by the order of the stream, so that the same input always gives the same alignment.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

ALIGN = "1"
"""The version of the method; it stands in every protocol string."""

Ids = NDArray[np.int64]

SEED = 4
RARE = 2
SHORT = 3
LANES = 4
_NEAREST = 16  # places that are compared for the longest run
_NEAR = 48  # tokens around the last run in which a common short run may go on
_GAP = 4000  # the longest side of a gap that is searched
_SCATTERED = 0.4  # share of a gap's words of the page that must be found for the matches to mean anything
_SCATTERED_OF_ALL = 0.25  # the same, as a share of all the gap's words
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_LONGEST_GLUE = 60  # code points; longer unknown tokens are no glued words


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


class _Index:
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


class _Lane:
    """The tokens of one lane, with indexes of their runs and short blocks that are made when they are needed."""

    def __init__(self, ids: Ids, places: Ids, blocks: Ids) -> None:
        self._ids = ids
        self._blocks = blocks
        self.ids: list[int] = ids.tolist()
        self.places: list[int] = places.tolist()

    @cached_property
    def seeds(self) -> _Index:
        return _Index(self._ids, SEED)

    @cached_property
    def pairs(self) -> _Index:
        return _Index(self._ids, 2)

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
    def lanes(self) -> tuple[_Lane, ...]:
        lane_of, block_of = np.array(self.lane_of, dtype=np.int64), np.array(self.block_of, dtype=np.int64)
        places = [np.flatnonzero(lane_of == lane) for lane in range(LANES)]
        return tuple(_Lane(self.id_array[p], p, block_of[p]) for p in places)

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
        return np.sort(self.id_array[:-1] * len(self.vocabulary) + self.id_array[1:])

    @cached_property
    def neighbour_set(self) -> frozenset[int]:
        return frozenset(self.neighbours.tolist())

    def are_neighbours(self, first: str, second: str) -> bool:
        """Whether two tokens stand side by side somewhere."""
        a, b = self.vocabulary.get(first), self.vocabulary.get(second)
        return a is not None and b is not None and a * len(self.vocabulary) + b in self.neighbour_set

    @cached_property
    def seeds(self) -> _Index:
        return _Index(self.id_array, SEED)


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
    return Alignment(
        tuple(tokens), tuple(sources), np.array(work.place, dtype=np.int32), np.array(repeated, dtype=np.bool_)
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
        self, lane: _Lane, order: list[int], group: tuple[int, int], i: int, end: int, cursor: int, n: int
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

    def _run(self, lane: _Lane, at: int, i: int, end: int) -> int:
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

    def place_short_blocks(self, lane: _Lane) -> None:
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

    def _unused_block(self, lane: _Lane, tokens: tuple[int, ...], tried: dict[tuple[int, ...], int]) -> Sequence[int]:
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


def in_units_of(target: Target, output: Sequence[str]) -> tuple[list[str], list[int]]:
    """An output's tokens in the stream's units: glued words are split, split words are joined.

    A token that the stream lacks is split where its two or three parts stand side by side in the stream; two or three
    tokens that stand nowhere side by side in the stream are joined where it has their concatenation.

    Returns:
        The tokens, and for each the number of the first output token that it was made from.
    """
    vocabulary = target.vocabulary
    tokens: list[str] = []
    sources: list[int] = []
    at, n = 0, len(output)
    for i in _unlike(target, output):
        if i < at:
            continue
        token = output[i]
        parts: tuple[str, ...] = (token,)
        taken = 1
        if i + 1 < n and not target.are_neighbours(token, output[i + 1]):
            pair = token + output[i + 1]
            if pair in vocabulary:
                parts, taken = (pair,), 2
            elif i + 2 < n and pair + output[i + 2] in vocabulary:
                parts, taken = (pair + output[i + 2],), 3
        if taken == 1 and token not in vocabulary and len(token) <= _LONGEST_GLUE:
            parts = _unglue(token, target)
        tokens += output[at:i]
        tokens += parts
        sources += range(at, i)
        sources += [i] * len(parts)
        at = i + taken
    tokens += output[at:]
    sources += range(at, n)
    return tokens, sources


def _unlike(target: Target, output: Sequence[str]) -> list[int]:
    """The places of an output whose token the stream lacks, or does not have before the next one: nothing else can be
    glued or split."""
    known = target.vocabulary
    ids = np.fromiter(map(known.get, output, repeat(-1)), dtype=np.int64, count=len(output))
    unlike = ids < 0
    if len(ids) > 1:
        pairs = ids[:-1] * len(known) + ids[1:]
        pairs[unlike[:-1] | unlike[1:]] = -1
        if len(target.neighbours):
            found = np.searchsorted(target.neighbours, pairs)
            found[found == len(target.neighbours)] = 0
            unlike[:-1] |= target.neighbours[found] != pairs
        else:
            unlike[:] = True
    places: list[int] = np.flatnonzero(unlike).tolist()
    return places


def _unglue(token: str, target: Target) -> tuple[str, ...]:
    heads = [k for k in range(1, len(token)) if token[:k] in target.vocabulary]
    for k in heads:
        if target.are_neighbours(token[:k], token[k:]):
            return token[:k], token[k:]
    for k in heads:
        for m in range(k + 1, len(token)):
            if target.are_neighbours(token[:k], token[k:m]) and target.are_neighbours(token[k:m], token[m:]):
                return token[:k], token[k:m], token[m:]
    return (token,)
