"""``words``: the bag-of-words F1 of WCXB.

Tokens are runs of ``\\w`` of the lower-cased text, as a bag. For a page, overlap = sum of the smaller counts;
precision = overlap / output tokens, recall = overlap / reference tokens, F1 = 2PR / (P + R), 0 where P + R = 0. Both
texts empty: 1, 1, 1; one of them empty: 0, 0, 0. The corpus has the page mean of each, so that its ``f1`` is the
mean of the pages' F1, not the F1 of the means. A missing output is the empty text.

Source: WCXB, the Web Content Extraction Benchmark (Murrough Foley, 2026). The order of words plays no part, and
``\\w`` clumps a Chinese clause into one token.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import count, repeat

import numpy as np
from numpy.typing import NDArray

from goldspan.core.metrics.base import Case, Metric, page_means
from goldspan.core.metrics.shingle import words


@lru_cache(maxsize=512)
def _bag(reference: str) -> tuple[Mapping[bytes, int], NDArray[np.intp]]:
    """The reference's tokens, numbered from 1, and the count of each number (that of 0, no such token, is 0)."""
    tokens = words(reference.lower())
    ids = dict(zip(dict.fromkeys(tokens), count(1), strict=False))
    line = np.fromiter(map(ids.__getitem__, tokens), dtype=np.intp, count=len(tokens))
    return ids, np.bincount(line, minlength=len(ids) + 1)


def score(reference: str, output: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of one page."""
    ids, counts = _bag(reference)
    tokens = words(output.lower())
    wanted = int(counts.sum())
    if not wanted or not tokens:
        both = float(not wanted and not tokens)
        return both, both, both
    line = np.fromiter(map(ids.get, tokens, repeat(0)), dtype=np.intp, count=len(tokens))
    overlap = int(np.minimum(np.bincount(line, minlength=len(counts)), counts).sum())
    precision, recall = overlap / len(tokens), overlap / wanted
    return precision, recall, 2 * precision * recall / (precision + recall) if overlap else 0.0


def measure(case: Case) -> dict[str, float] | None:
    """The page's precision, recall and F1 of words."""
    if case.reference is None:
        return None
    precision, recall, f1 = score(case.reference, case.text)
    return {"precision": precision, "recall": recall, "f1": f1}


METRIC = Metric(
    name="words",
    version=1,
    headline="f1",
    needs=frozenset({"reference"}),
    measure=measure,
    pool=page_means,
    about="bag-of-words F1 of WCXB (mean of the pages' F1)",
)
