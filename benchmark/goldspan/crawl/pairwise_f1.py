"""How similar two outputs for a page are, without gold: F1 of their tokens as bags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from goldspan.core.text import render, tokenise
from goldspan.model import Extraction

Bag = NDArray[np.int64]
"""A text's tokens, each as a number that stands for it in this process."""


def tokens_of(extraction: Extraction) -> list[str]:
    """The tokens of an output, rendered to plain text."""
    return tokenise(render(extraction))


def bag_of(tokens: Iterable[str]) -> Bag:
    """Tokens as a bag, which can be compared with others."""
    return np.fromiter(map(hash, tokens), dtype=np.int64)


def pairs(count: int) -> list[tuple[int, int]]:
    """The pairs of a number of systems, in the order of their scores."""
    return list(combinations(range(count), 2))


def pairwise_f1(bags: Sequence[Bag | None]) -> list[float | None]:
    """Token F1 of each pair: 2 · common tokens / all tokens; 1 where both are empty.

    Args:
        bags: for each system what it said; None where it failed, which says nothing about the others.
    """
    if len(bags) < 2:
        return []
    sizes = [0 if bag is None else len(bag) for bag in bags]
    kept = [bag for bag in bags if bag is not None]
    words, ids = np.unique(np.concatenate(kept), return_inverse=True) if kept else (np.empty(0), np.empty(0))
    rows = np.repeat(np.arange(len(bags)), sizes)
    counts = np.bincount(rows * len(words) + ids, minlength=len(bags) * len(words)) if len(words) else np.zeros(0)
    table = counts.reshape(len(bags), len(words))
    found: list[float | None] = []
    for a, b in pairs(len(bags)):
        if bags[a] is None or bags[b] is None:
            found.append(None)
        else:
            total = sizes[a] + sizes[b]
            found.append(float(2 * np.minimum(table[a], table[b]).sum() / total) if total else 1.0)
    return found
