"""Words that were glued or split at inline tags: the output in the stream's units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmark.align.target import Ids, Target

_LONGEST_GLUE = 60  # code points; longer unknown tokens are no glued words


def in_units_of(target: Target, output: Sequence[str]) -> tuple[list[str], list[int], Ids]:
    """An output's tokens in the stream's units: glued words are split, split words are joined.

    A token that the stream lacks is split where its two or three parts stand side by side in the stream; two or three
    tokens that stand nowhere side by side in the stream are joined where it has their concatenation.

    Returns:
        The tokens; for each the number of the first output token that it was made from; and for each its number in the
        target's vocabulary, or -1.
    """
    tokens = list(output)
    ids = target.numbers(tokens)
    mended = _mended(target, tokens, ids)
    if not mended:
        return tokens, list(range(len(tokens))), ids
    units: list[str] = []
    sources: list[int] = []
    at = 0
    for i, taken, parts in [*mended, (len(tokens), 0, ())]:
        units += tokens[at:i]
        units += parts
        sources += range(at, i)
        sources += [i] * len(parts)
        at = i + taken
    return units, sources, target.numbers(units)


def _mended(target: Target, tokens: list[str], ids: Ids) -> list[tuple[int, int, tuple[str, ...]]]:
    """Where the output is rewritten: from which token on, how many tokens, and what stands for them."""
    is_odd = ids < 0
    is_odd[:-1] |= ~target.are_neighbours(ids)
    mended: list[tuple[int, int, tuple[str, ...]]] = []
    parts_of: dict[str, tuple[str, ...]] = {}
    free = 0
    for i in np.flatnonzero(is_odd).tolist():
        if i < free:
            continue
        taken, parts = _join(target, tokens, ids, i)
        if not taken and ids[i] < 0 and len(tokens[i]) <= _LONGEST_GLUE:
            token = tokens[i]
            if token not in parts_of:
                parts_of[token] = _split(target, token)
            taken, parts = len(parts_of[token]) and 1, parts_of[token]
        if taken:
            mended.append((i, taken, parts))
            free = i + taken
    return mended


def _join(target: Target, tokens: list[str], ids: Ids, i: int) -> tuple[int, tuple[str, ...]]:
    """How many tokens from i on make one word of the stream, and that word; 0 if they do not. Words that the stream has
    one by one are joined only beside a word that the joined one stands beside in the stream."""
    word = tokens[i]
    for taken in range(2, min(3, len(tokens) - i) + 1):
        word += tokens[i + taken - 1]
        number = target.vocabulary.get(word)
        if number is None:
            continue
        before = i > 0 and (int(ids[i - 1]), number) in target.neighbours
        if (
            before
            or bool((ids[i : i + taken] < 0).any())
            or (i + taken < len(tokens) and (number, int(ids[i + taken])) in target.neighbours)
        ):
            return taken, (word,)
    return 0, ()


def _split(target: Target, token: str) -> tuple[str, ...]:
    """The two or three words of the stream that a token was glued of; nothing if it was not."""
    number, neighbours = target.vocabulary.get, target.neighbours
    heads = [(k, head) for k in range(1, len(token)) if (head := number(token[:k])) is not None]
    if not heads:
        return ()
    tails = {k: tail for k in range(1, len(token)) if (tail := number(token[k:])) is not None}
    for k, head in heads:
        if k in tails and (head, tails[k]) in neighbours:
            return token[:k], token[k:]
    for k, head in heads:
        for m, tail in tails.items():
            middle = number(token[k:m]) if k < m else None
            if middle is not None and (head, middle) in neighbours and (middle, tail) in neighbours:
                return token[:k], token[k:m], token[m:]
    return ()
