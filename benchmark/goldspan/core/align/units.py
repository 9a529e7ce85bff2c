"""An output in the stream's units: step 1 of the method."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat

import numpy as np

from goldspan.core.align.target import Target

_LOOKS = 64  # places and joins that are tried, a token of either side; ordinary outputs need less than one


def in_units_of(target: Target, output: Sequence[str]) -> tuple[list[str], list[int]]:
    """An output's tokens in the stream's units: glued words are split, split words are joined.

    A token is split where consecutive tokens of the stream, any number of them, have it as their concatenation;
    consecutive tokens are joined where the stream has their concatenation. What the stream has as it is stays, unless
    it stands next to neither of its neighbours there, and its split or join next to one of them. Of several ways the
    first one in this order is taken: splits before joins, what goes on from the token before or to the one behind
    before what does not, then the longest first part or the longest join.

    Returns:
        The tokens, and for each the number of the first output token that it was made from.
    """
    return _Rewriting(target, output).run()


class _Rewriting:
    """One output on its way into the stream's units."""

    def __init__(self, target: Target, output: Sequence[str]) -> None:
        self.target = target
        self.output = output
        self.looks = _LOOKS * (len(output) + len(target.tokens))
        self.tokens: list[str] = []
        self.sources: list[int] = []
        self._splits: dict[str, tuple[tuple[str, ...], ...]] = {}

    def run(self) -> tuple[list[str], list[int]]:
        output, target = self.output, self.target
        at = 0
        for i in _unlike(target, output):
            if i < at:
                continue
            self.tokens += output[at:i]
            self.sources += range(at, i)
            at = i
            before = self.tokens[-1] if self.tokens else ""
            is_known = output[i] in target.vocabulary
            if is_known and target.are_neighbours(before, output[i]):
                continue
            parts, taken = self._split(before, i, is_known) or self._join(before, i) or ((output[i],), 1)
            self.tokens += parts
            self.sources += [i] * len(parts)
            at = i + taken
        self.tokens += output[at:]
        self.sources += range(at, len(output))
        return self.tokens, self.sources

    def _goes_on(self, before: str, parts: Sequence[str], following: int) -> bool:
        """Whether the stream has the parts behind the token before, or before the one that follows in the output."""
        behind = self.output[following] if following < len(self.output) else ""
        are_neighbours = self.target.are_neighbours
        return are_neighbours(before, parts[0]) or are_neighbours(parts[-1], behind)

    def _split(self, before: str, i: int, is_known: bool) -> tuple[tuple[str, ...], int] | None:
        """What the token at i is split into."""
        word = self.output[i]
        if word not in self._splits:
            self._splits[word] = tuple(self._ways_to_split(word))
        ways = self._splits[word]
        for parts in ways:
            if self._goes_on(before, parts, i + 1):
                return parts, 1
        return (ways[0], 1) if ways and not is_known else None

    def _ways_to_split(self, word: str) -> Iterator[tuple[str, ...]]:
        """The runs of the stream that make up a word, at most one for each two tokens that they begin with."""
        target = self.target
        lengths = target.lengths
        for k in reversed([n for n in lengths if n < len(word) and word[:n] in target.vocabulary]):
            for n in lengths:
                if k + n > len(word):
                    break
                if not target.are_neighbours(word[:k], word[k : k + n]):
                    continue
                for place in target.places_of(word[:k], word[k : k + n]):
                    self.looks -= 1 + len(word) // 64  # a long word takes long to compare
                    if self.looks < 0:
                        return
                    if end := target.end_of(word, place):
                        yield target.tokens[place:end]
                        break

    def _join(self, before: str, i: int) -> tuple[tuple[str, ...], int] | None:
        """What the tokens from i on are joined to, and how many they are."""
        output, target = self.output, self.target
        word, is_known = output[i], output[i] in target.vocabulary
        found = None
        for j in range(i + 1, len(output)):
            self.looks -= 1
            if len(word) + len(output[j]) > target.longest or self.looks < 0:
                break
            if target.are_neighbours(output[j - 1], output[j]):
                break
            word += output[j]
            is_known = is_known and output[j] in target.vocabulary
            if word not in target.vocabulary:
                continue
            stays = j + 1 < len(output) and target.are_neighbours(output[j], output[j + 1])
            if self._goes_on(before, (word,), j + 1) and not (is_known and stays):
                return (word,), j + 1 - i
            if not (is_known or stays):
                found = (word,), j + 1 - i
        return found


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
