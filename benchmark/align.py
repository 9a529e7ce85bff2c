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
5. *Gaps.* What is left between two neighbours in the output is matched against the unused tokens between their places in
   the stream by a longest common subsequence.
6. *Short blocks.* What is left is searched for whole blocks of the stream of up to :data:`SHORT` tokens: a tag, a table
   cell or a button that was put out somewhere else. Other single words that are left match nothing: a paraphrase or a
   list of the page's words must not earn the text it does not hold.
7. What is left is *invented*.

Ties are broken by the order of the stream, so that the same input always gives the same alignment.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

ALIGN = "1"
"""The version of the method; it stands in every protocol string."""

SEED = 4
RARE = 2
SHORT = 3
LANES = 4
_NEAREST = 16  # places that are compared for the longest run
_NEAR = 48  # tokens around the last run in which a common short run may go on
_GAP = 4000  # the longest side of a gap that is searched
_SCATTERED = 0.4  # share of a gap's words of the page that must be found for the matches to mean anything
_SCATTERED_OF_ALL = 0.25  # the same, as a share of all the gap's words
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


class _Lane:
    """The tokens of one lane, with an index of the places of their runs."""

    def __init__(self, ids: list[int], places: list[int], blocks: list[int]) -> None:
        self.ids = ids
        self.places = places
        self.blocks = blocks

    @cached_property
    def seeds(self) -> dict[tuple[int, ...], list[int]]:
        return _index(self.ids, SEED)

    @cached_property
    def pairs(self) -> dict[tuple[int, ...], list[int]]:
        return _index(self.ids, 2)

    @cached_property
    def short_blocks(self) -> dict[tuple[int, ...], list[int]]:
        """The places in the lane of the blocks of up to :data:`SHORT` tokens, by their tokens."""
        found: dict[tuple[int, ...], list[int]] = defaultdict(list)
        start = 0
        for i in range(1, len(self.ids) + 1):
            if i == len(self.ids) or self.blocks[i] != self.blocks[start]:
                if i - start <= SHORT:
                    found[tuple(self.ids[start:i])].append(start)
                start = i
        return dict(found)

    @cached_property
    def index_of(self) -> dict[int, int]:
        return {place: i for i, place in enumerate(self.places)}


def _index(ids: list[int], n: int) -> dict[tuple[int, ...], list[int]]:
    found: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for i, gram in enumerate(_grams(ids, n)):
        found[gram].append(i)
    return dict(found)


def _grams(ids: Sequence[int], n: int) -> Iterator[tuple[int, ...]]:
    return zip(*(ids[k:] for k in range(n)), strict=False)


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
        found: dict[str, int] = {}
        for token in self.tokens:
            found.setdefault(token, len(found))
        return found

    @cached_property
    def ids(self) -> list[int]:
        vocabulary = self.vocabulary
        return [vocabulary[token] for token in self.tokens]

    @cached_property
    def lanes(self) -> tuple[_Lane, ...]:
        ids = self.ids
        places: list[list[int]] = [[] for _ in range(LANES)]
        for place, lane in enumerate(self.lane_of):
            places[lane].append(place)
        return tuple(_Lane([ids[p] for p in lane], lane, [self.block_of[p] for p in lane]) for lane in places)

    @cached_property
    def neighbours(self) -> frozenset[tuple[str, str]]:
        """The adjacent pairs of tokens, whatever their lanes."""
        return frozenset(zip(self.tokens, self.tokens[1:], strict=False))

    @cached_property
    def seeds(self) -> dict[tuple[int, ...], list[int]]:
        return _index(self.ids, SEED)


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
    for lane in target.lanes:
        work.tile(lane, lane.seeds, SEED)
    repeated = work.mark_repeats()
    for lane in target.lanes:
        work.tile(lane, lane.pairs, 2)
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
        self.ids = [vocabulary.get(token, -1) for token in tokens]
        self.place = [-1] * len(self.ids)
        self.used = bytearray(len(target.tokens))

    def holes(self) -> list[tuple[int, int]]:
        """The maximal ranges of the output that have no place yet."""
        found = []
        start = -1
        for i, place in enumerate(self.place):
            if place < 0:
                if start < 0:
                    start = i
            elif start >= 0:
                found.append((start, i))
                start = -1
        if start >= 0:
            found.append((start, len(self.place)))
        return found

    def tile(self, lane: _Lane, index: dict[tuple[int, ...], list[int]], n: int) -> None:
        """Cover the holes with exact runs of at least n tokens of a lane."""
        if not index:
            return
        ids, place, used = self.ids, self.place, self.used
        lane_ids, places, index_of = lane.ids, lane.places, lane.index_of
        cursor = 0
        for start, end in self.holes():
            if end - start < n:
                continue
            before = index_of.get(place[start - 1]) if start else None
            cursor = cursor if before is None else before + 1
            i = start
            while i <= end - n:
                candidates = index.get(tuple(ids[i : i + n]))
                if candidates is None:
                    i += 1
                    continue
                at, length = self._longest(lane, candidates, i, end, cursor, n)
                if not length:
                    i += 1
                    continue
                for k in range(length):
                    place[i + k] = places[at + k]
                    used[places[at + k]] = 1
                i += length
                cursor = at + length
                # The run may go on by less than a seed: take what follows directly.
                while i < end and cursor < len(lane_ids) and lane_ids[cursor] == ids[i] and not used[places[cursor]]:
                    place[i] = places[cursor]
                    used[places[cursor]] = 1
                    i += 1
                    cursor += 1

    def _longest(self, lane: _Lane, candidates: list[int], i: int, end: int, cursor: int, n: int) -> tuple[int, int]:
        """The start and length in the lane of the longest unused run at output i; the place where the last run ended is
        taken at once. Among many candidates only those nearest to it are compared."""
        split = bisect_left(candidates, cursor)
        if split < len(candidates) and candidates[split] == cursor:
            length = self._run(lane, cursor, i, end)
            if length >= n:
                return cursor, length
        if n < SEED and len(candidates) > RARE:
            near = [c for c in candidates[split : split + 4] if c - cursor <= _NEAR]
        elif len(candidates) <= _NEAREST:
            near = candidates[split:] + candidates[:split]
        else:
            near = candidates[split : split + _NEAREST] + candidates[max(0, split - _NEAREST) : split]
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
            place[wanted[a]] = free[b]
            used[free[b]] = 1

    def place_short_blocks(self, lane: _Lane) -> None:
        """Give what is left the places of whole short blocks of a lane."""
        ids, place, used = self.ids, self.place, self.used
        for start, end in self.holes():
            i = start
            while i < end:
                length = 1
                for n in range(min(SHORT, end - i), 0, -1):
                    for at in lane.short_blocks.get(tuple(ids[i : i + n]), ()):
                        places = lane.places[at : at + n]
                        if not any(used[p] for p in places):
                            place[i : i + n] = places
                            for p in places:
                                used[p] = 1
                            length = n
                            break
                    else:
                        continue
                    break
                i += length

    def mark_repeats(self) -> list[bool]:
        """Which output tokens repeat a run of used places; they get the first such place."""
        repeated = [False] * len(self.ids)
        ids, used, stream = self.ids, self.used, self.target.ids
        for start, end in self.holes():
            i = start
            while i <= end - SEED:
                candidates = self.target.seeds.get(tuple(ids[i : i + SEED]), ())
                at = next((c for c in candidates[:_NEAREST] if all(used[c : c + SEED])), -1)
                if at < 0:
                    i += 1
                    continue
                while i < end and at < len(stream) and used[at] and stream[at] == ids[i]:
                    self.place[i] = at
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
    vocabulary, neighbours = target.vocabulary, target.neighbours
    tokens: list[str] = []
    sources: list[int] = []
    i, n = 0, len(output)
    while i < n:
        token = output[i]
        parts: tuple[str, ...] = (token,)
        taken = 1
        if i + 1 < n and (token, output[i + 1]) not in neighbours:
            pair = token + output[i + 1]
            if pair in vocabulary:
                parts, taken = (pair,), 2
            elif i + 2 < n and pair + output[i + 2] in vocabulary:
                parts, taken = (pair + output[i + 2],), 3
        if taken == 1 and token not in vocabulary and len(token) <= _LONGEST_GLUE:
            parts = _unglue(token, vocabulary, neighbours)
        tokens += parts
        sources += [i] * len(parts)
        i += taken
    return tokens, sources


def _unglue(token: str, vocabulary: dict[str, int], neighbours: frozenset[tuple[str, str]]) -> tuple[str, ...]:
    heads = [k for k in range(1, len(token)) if token[:k] in vocabulary]
    for k in heads:
        if (token[:k], token[k:]) in neighbours:
            return token[:k], token[k:]
    for k in heads:
        for m in range(k + 1, len(token)):
            if (token[:k], token[k:m]) in neighbours and (token[k:m], token[m:]) in neighbours:
                return token[:k], token[k:m], token[m:]
    return (token,)
