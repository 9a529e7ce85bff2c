"""An output in the stream's units: step 1 of the method."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

import numpy as np

from goldspan.core.align.target import Target

_LONGEST_GLUE = 60  # code points; longer unknown tokens are no glued words


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
