"""``edit``: edit similarity over characters, WebMainBench's ``text_edit``.

similarity = 1 - Levenshtein(output, reference) / max(len(output), len(reference)), in code points; a page where both
are empty takes no part. In both texts a no-break or zero-width space is a space. The corpus has the page mean.

The distance costs time in proportion to the product of the lengths (0.3 s for two texts of 100,000 characters). Where
that product is above :data:`EXACT`, the similarity is a **lower bound**: sentences and lines that stand once in either
text, and in the same order, are held to match, and what stands between two of them is compared by itself; a pair of
such pieces that is too long too counts as wholly different but for what it begins and ends with alike. The figure
``bound`` is the share of pages where that happened.

Source: https://github.com/opendatalab/WebMainBench.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from goldspan.core.metrics.base import Case, Metric, page_means
from goldspan.core.text import clean

EXACT = 100_000**2
"""The largest product of two lengths that is compared whole."""
_PIECE = re.compile(r"[^\n.!?。！？]*(?:[\n.!?。！？]+|$)")


def distance(output: str, reference: str) -> int:
    """The edit distance of two texts; above :data:`EXACT` an upper bound of it."""
    # rapidfuzz takes tens of milliseconds to import, and `goldspan --help` needs none of it.
    from rapidfuzz.distance import Levenshtein

    if len(output) * len(reference) <= EXACT:
        return int(Levenshtein.distance(output, reference))
    total, budget = 0, EXACT
    for a, b in _between_anchors(output, reference):
        head = _common_start(a, b)
        a, b = a[head:], b[head:]
        tail = _common_start(a[::-1], b[::-1])
        a, b = a[: len(a) - tail], b[: len(b) - tail]
        if len(a) * len(b) <= budget:
            budget -= len(a) * len(b)
            total += int(Levenshtein.distance(a, b))
        else:
            total += max(len(a), len(b))
    return total


def _between_anchors(output: str, reference: str) -> Iterator[tuple[str, str]]:
    """What stands between pieces that occur once in either text and in the same order."""
    left, right = _PIECE.findall(output), _PIECE.findall(reference)
    once = {piece for piece, count in Counter(right).items() if count == 1}
    place = {piece: number for number, piece in enumerate(right) if piece in once}
    seen = Counter(left)
    shared = [(i, place[piece]) for i, piece in enumerate(left) if piece in place and seen[piece] == 1]
    a = b = 0
    for at in _rising([j for _, j in shared]):
        i, j = shared[at]
        yield "".join(left[a:i]), "".join(right[b:j])
        a, b = i + 1, j + 1
    yield "".join(left[a:]), "".join(right[b:])


def _rising(numbers: Sequence[int]) -> list[int]:
    """The places of a longest rising subsequence of distinct numbers."""
    tops: list[int] = []  # the smallest number that a subsequence of each length ends with
    ends: list[int] = []  # and its place
    before: list[int] = []
    for at, number in enumerate(numbers):
        length = bisect_left(tops, number)
        before.append(ends[length - 1] if length else -1)
        tops[length : length + 1] = [number]
        ends[length : length + 1] = [at]
    found: list[int] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]


def _common_start(a: str, b: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a.startswith(b[low:middle], low):
            low = middle
        else:
            high = middle - 1
    return low


def measure(case: Case) -> dict[str, float] | None:
    """The page's similarity, and whether it is a bound."""
    if case.reference is None or not (case.reference or case.text):
        return None
    reference, output = clean(case.reference), clean(case.text)
    longest = max(len(output), len(reference))
    return {
        "similarity": 1 - min(distance(output, reference), longest) / longest,
        "bound": float(len(output) * len(reference) > EXACT),
    }


METRIC = Metric(
    name="edit",
    version=2,
    headline="similarity",
    needs=frozenset({"reference"}),
    measure=measure,
    pool=page_means,
    about="edit similarity over characters, a lower bound for pairs of very long texts",
)
