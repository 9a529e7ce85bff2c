"""The pages of a crawl on which systems differ most: grouped by who disagrees, and the best of them to annotate next.

The results are read row by row, and only the most disputed pages are kept in memory.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from goldspan.core.stats import SEED
from goldspan.crawl.pairwise_f1 import pairs
from goldspan.crawl.shard import result_paths
from goldspan.crawl.shard_results import read_counts, read_results
from goldspan.data.corpora.base import site_of
from goldspan.errors import UsageError

KEPT = 2000
_LEAST = 20
GROUPS = 6
_COLUMNS = ("id", "url", "source", "place", "page_sha256", "agreement")


@dataclass(frozen=True, slots=True)
class Disputed:
    """A page and how far its systems agree.

    Attributes:
        agreement: the mean token F1 over the pairs of systems that answered.
        alike: the same of each pair; where one of it failed, the mean.
        site: the registrable domain.
    """

    id: str
    url: str | None
    source: str
    place: int
    agreement: float
    alike: tuple[float, ...]
    site: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Pages on which the systems differ in the same way.

    Attributes:
        agreement: its mean.
        standing: for each system its mean token F1 with the others.
        pages: the most disputed first.
    """

    agreement: float
    standing: tuple[float, ...]
    pages: tuple[Disputed, ...]

    @property
    def sites(self) -> list[tuple[str, int]]:
        """Where its pages come from, the commonest first."""
        return Counter(page.site for page in self.pages if page.site).most_common()


def most_disputed(out: Path) -> list[Disputed]:
    """The pages on which systems agree least, a quarter of all and :data:`KEPT` at most; each content once.

    Pages on which they agree to the word are left out.

    Raises:
        RunFileError: a result cannot be read.
    """
    pages = sum(read_counts(path)["pages"] for path in result_paths(out))
    kept = min(KEPT, max(_LEAST, pages // 4))
    heap: list[tuple[float, str, Disputed]] = []
    seen: set[str] = set()
    for page, digest in _pages(out):
        if page.agreement >= 1 or digest in seen:
            continue
        entry = (-page.agreement, page.id, page)
        if len(heap) < kept:
            heapq.heappush(heap, entry)
        elif entry[:2] > heap[0][:2]:
            heapq.heapreplace(heap, entry)
        else:
            continue
        seen.add(digest)
    return [page for _, _, page in sorted(heap, key=lambda entry: (-entry[0], entry[1]))]


def _pages(out: Path) -> Iterator[tuple[Disputed, str]]:
    for path in result_paths(out):
        for row in read_results(path, _COLUMNS):
            known = [value for value in row["agreement"] if value is not None]
            if known:
                mean = sum(known) / len(known)
                alike = tuple(mean if value is None else value for value in row["agreement"])
                page = Disputed(row["id"], row["url"], row["source"], row["place"], mean, alike, site_of(row["url"]))
                yield page, row["page_sha256"] or row["id"]


def group(pages: Sequence[Disputed], systems: int, groups: int = GROUPS) -> list[Group]:
    """Groups of pages by which systems differ on them, the greatest dispute first."""
    if not pages:
        return []
    vectors = np.array([page.alike for page in pages])
    labels = np.zeros(len(pages), dtype=int)
    count = min(groups, len(np.unique(vectors, axis=0)))
    if count > 1:
        from sklearn.cluster import KMeans

        labels = KMeans(count, n_init=4, random_state=SEED).fit_predict(vectors)
    found = []
    for label in range(count):
        mean = vectors[labels == label].mean(axis=0)
        standing = tuple(float(one) for one in standings(mean, systems))
        members = tuple(page for page, its in zip(pages, labels, strict=True) if its == label)
        found.append(Group(float(mean.mean()), standing, members))
    return sorted(found, key=lambda one: one.agreement)


def standings(alike: Sequence[float], systems: int) -> list[float]:
    """For each system the mean of its pairs."""
    table = np.full((systems, systems), np.nan)
    for (a, b), value in zip(pairs(systems), alike, strict=True):
        table[a, b] = table[b, a] = value
    return [float(np.mean(row[~np.isnan(row)])) if (~np.isnan(row)).any() else float("nan") for row in table]


def suggest(groups: Sequence[Group], count: int, per_site: int = 2) -> list[tuple[int, Disputed]]:
    """The pages to annotate next: the most disputed page of each group in turn, and few of any one site.

    Returns:
        The number of the group, from 1, and the page.
    """
    taken: list[tuple[int, Disputed]] = []
    sites: Counter[str] = Counter()
    left = [deque(one.pages) for one in groups]
    while len(taken) < count and any(left):
        for number, pages in enumerate(left, start=1):
            while pages:
                page = pages.popleft()
                if page.site is None or sites[page.site] < per_site:
                    taken.append((number, page))
                    sites.update([page.site] if page.site else [])
                    break
    return taken[:count]


def check_disputable(systems: Sequence[str], out: Path) -> None:
    """
    Raises:
        UsageError: the run has only one system.
    """
    if len(systems) < 2:
        raise UsageError(f"{out} is a run of one system", "Run two or more: their disagreement is the hint.")
    if not result_paths(out):
        raise UsageError(f"{out} holds no finished shard yet", "Go on with it by goldspan crawl --resume.")
