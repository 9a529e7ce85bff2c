"""Near-duplicates among samples, found by MinHash sketches of their body texts."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from goldspan.annotate.lint_context import LintContext
from goldspan.data.schema import Incident
from goldspan.model import About

SHINGLE = 5  # words in a row; two texts that only share a topic share hardly any five
SKETCH = 128  # smallest hashes kept of each page: the estimate is then within .09 of the truth, 19 times of 20
LEAST = 50  # shingles of a text that can be compared; shorter ones are notices, which are worded alike
ALIKE = 0.5  # share of common shingles from which on two texts are versions of one


def sketch(page: LintContext) -> tuple[int, ...]:
    """The smallest hashes of the body's shingles, in order (MinHash); empty for a text that is too short."""
    return sketch_words([word for number in page.gold_tokens for word in page.words[number]])


def sketch_words(words: Sequence[str]) -> tuple[int, ...]:
    """The sketch of a text that is already in words."""
    grams = zip(*(words[start:] for start in range(SHINGLE)), strict=False)
    hashes = {zlib.crc32(" ".join(gram).encode("utf-8", "replace")) for gram in grams}
    return tuple(sorted(hashes)[:SKETCH]) if len(hashes) >= LEAST else ()


def similarity(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The estimated share of shingles that two texts have in common."""
    smallest = sorted({*one, *other})[:SKETCH]
    return len(set(smallest) & set(one) & set(other)) / len(smallest)


def near_duplicates(sketches: Iterable[tuple[str, About, tuple[int, ...]]]) -> Iterator[Incident]:
    """Samples whose body is nearly that of an earlier one. Pages composed from one article (``about.article``) are
    similar on purpose.

    Args:
        sketches: id, ``about`` and sketch of each sample.
    """
    seen: list[tuple[str, About, tuple[int, ...]]] = []
    holders: dict[int, list[int]] = defaultdict(list)
    for name, about, hashes in sketches:
        shared: dict[int, int] = defaultdict(int)
        for value in hashes:
            for place in holders[value]:
                shared[place] += 1
            holders[value].append(len(seen))
        seen.append((name, about, hashes))
        for place in sorted(place for place, count in shared.items() if count >= ALIKE * LEAST):
            original, other, its = seen[place]
            same = about.article is not None and about.article == other.article
            alike = 0.0 if same else similarity(hashes, its)
            if alike >= ALIKE:
                what = f"its body is nearly that of {original} ({alike:.0%} of their word sequences are the same)"
                yield Incident("warning", name, None, what, "Take one out, or count them as one article.")
                break
