"""All that the site shows, gathered from the store and the corpus before anything is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isnan
from pathlib import Path
from statistics import median

import numpy as np

from goldspan.core.metrics import find_metric
from goldspan.core.scoring import clusters_of, estimates
from goldspan.core.variance import (
    FEWEST_CLUSTERS,
    FEWEST_PAGES,
    FEWEST_PAGES_COMPARED,
    Clusters,
    Estimate,
    difference,
    enough,
    nowhere,
    rank,
)
from goldspan.data.corpora import Corpus
from goldspan.data.schema import data_path, load_policy, policy_names
from goldspan.errors import UsageError
from goldspan.leaderboard.entries import Entry, read_entries, slug
from goldspan.leaderboard.verification import POLICY
from goldspan.model import RankRange, Result, Sample, Score
from goldspan.report import formatting
from goldspan.report.tables import in_order

HEADLINE = "body.f1"
_PERMISSIVE = ("MIT", "BSD", "APACHE", "ISC", "PSF", "PYTHON SOFTWARE", "UNLICENSE", "ZLIB", "MPL", "0BSD")


@dataclass(frozen=True, slots=True)
class Old:
    """An entry that cannot be compared with the others, and why."""

    entry: Entry
    why: str


@dataclass(frozen=True, slots=True)
class Pair:
    """The paired difference of two systems, ``first - second``; the first is the better one.

    Attributes:
        interval: of the difference; None where it comes from too few pages or clusters for one.
        significant: after Holm's correction over all pairs of ranked systems; None where one of the two is not ranked.
    """

    first: str
    second: str
    difference: float
    interval: tuple[float, float] | None
    significant: bool | None


@dataclass(frozen=True, slots=True)
class Standings:
    """One comparison of all systems, which both the ranks and the pairs come from.

    Attributes:
        ranks: of the ranked systems, by key.
        pairs: all of them, the better systems first.
    """

    ranks: Mapping[str, RankRange]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Board:
    """The systems of a leaderboard, and the pages they were scored on.

    Attributes:
        entries: the newest of each system, those that can be compared.
        history: every entry, in the order in which they came.
        old: entries that cannot be compared any more.
        clusters: of the samples.
        standings: under each policy.
        results: under each policy, with the ranks of its standings, and rows.
        names: short names by key.
        addresses: parts of file names by key, unique.
    """

    corpus: Corpus
    samples: tuple[Sample, ...]
    entries: tuple[Entry, ...]
    history: tuple[Entry, ...]
    old: tuple[Old, ...]
    clusters: Clusters
    standings: Mapping[str, Standings]
    results: Mapping[str, Result]
    names: Mapping[str, str]
    addresses: Mapping[str, str]

    @property
    def result(self) -> Result:
        """Under the default policy."""
        return self.results[POLICY]

    @cached_property
    def by_key(self) -> Mapping[str, Entry]:
        return {entry.key: entry for entry in self.entries}

    @cached_property
    def ordered(self) -> tuple[Entry, ...]:
        """The entries as the tables have them."""
        return tuple(self.by_key[one.system.key] for one in in_order(self.result))

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Under the default policy."""
        return self.standings[POLICY].pairs

    def stratum(self, by: str, sample: Sample) -> str:
        return str(getattr(sample.gold.about, by) or "unknown")

    def counted(self, by: str) -> dict[str, int]:
        """Pages by stratum, the largest first."""
        found = Counter(self.stratum(by, sample) for sample in self.samples)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def enough(self, by: str) -> list[str]:
        """The strata with enough pages and clusters for intervals and ranks, the largest first."""
        strata = np.array([self.stratum(by, sample) for sample in self.samples])
        return [
            name
            for name, pages in self.counted(by).items()
            if pages >= FEWEST_PAGES and self.clusters.only(strata == name).fewest >= FEWEST_CLUSTERS
        ]

    def result_by(self, by: str, policy: str = POLICY) -> Result:
        """A result broken down."""
        result = self.results[policy]
        systems = tuple(replace(one, strata=self.by_key[one.system.key].strata[policy][by]) for one in result.systems)
        return replace(result, by=by, systems=systems)

    def strengths(self, entry: Entry, most: int = 6) -> list[tuple[str, str, Score, float]]:
        """Where a system stands highest above the median system: by what, the stratum, its score, the median; only
        strata whose scores have intervals."""
        found = []
        for by in ("page_type", "language", "family"):
            for name, score in entry.strata[POLICY][by].items():
                others = [
                    other.strata[POLICY][by][name].value for other in self.entries if name in other.strata[POLICY][by]
                ]
                known = [value for value in others if value is not None]
                if score.value is not None and score.low is not None and known:
                    found.append((by, name, score, median(known)))
        found.sort(key=lambda item: (item[3] - (item[2].value or 0.0), item[1]))
        return [item for item in found[:most] if (item[2].value or 0.0) > item[3]]


def parse_units(entry: Entry) -> float | None:
    """The mean time of a page in units of what parsing it takes on the same machine."""
    times = [page.ms for page in entry.pages.values() if page.ms is not None]
    if not times or not entry.machine.parse_ms:
        return None
    return sum(times) / len(times) / entry.machine.parse_ms


def is_permissive(licence: str | None) -> bool:
    """Whether a licence is known to be permissive."""
    said = (licence or "").upper()
    return "GPL" not in said and any(name in said for name in _PERMISSIVE)


def shipped(corpus: Corpus) -> list[Path]:
    """The store that comes with the program, if its entries are for this corpus."""
    store = data_path("annotations", "results")
    return [store] if any(entry.corpus.digest == corpus.digest for entry in read_entries(store)) else []


def gather(stores: Sequence[Path], corpus: Corpus) -> Board:
    """The board, from stores and the corpus that their entries were scored on.

    Raises:
        UsageError: no entry fits the corpus.
    """
    samples = tuple(corpus.load(name) for name in sorted(corpus.ids))
    history = read_entries(*stores)
    here = [entry for entry in history if entry.corpus.digest == corpus.digest]
    if not here:
        held = ", ".join(sorted({f"{e.corpus.name}@{e.corpus.digest[:8]}" for e in history})) or "nothing"
        raise UsageError(
            f"{', '.join(map(str, stores))} holds no entry for {corpus.name}@{corpus.digest[:8]}, but {held}",
            "Add bundles with 'goldspan leaderboard add', or name the right corpus with --corpus.",
        )
    protocol = here[-1].protocol
    newest = {entry.key: entry for entry in here if entry.protocol == protocol}
    old = [Old(entry, _why(entry, corpus, protocol)) for entry in history if newest.get(entry.key) is not entry]
    entries = tuple(newest.values())
    systems = [entry.card.system for entry in entries]
    clusters = Clusters.of(clusters_of([sample.gold.about for sample in samples], [sample.id for sample in samples]))
    standings = {policy: _standings(entries, corpus, clusters, policy) for policy in policy_names()}
    return Board(
        corpus,
        samples,
        entries,
        tuple(history),
        tuple(old),
        clusters,
        standings,
        {policy: _result(entries, found, policy, protocol) for policy, found in standings.items()},
        formatting.short_names(systems),
        _addresses(entries),
    )


def _why(entry: Entry, corpus: Corpus, protocol: str) -> str:
    if entry.corpus.digest != corpus.digest:
        return f"scored on {entry.corpus.name}@{entry.corpus.digest[:8]}"
    return "scored under another protocol" if entry.protocol != protocol else "followed by a newer submission"


def _addresses(entries: Sequence[Entry]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in entries:
        name, number = slug(entry.key), 1
        while name in found.values():
            number += 1
            name = f"{slug(entry.key)}-{number}"
        found[entry.key] = name
    return found


def _standings(entries: Sequence[Entry], corpus: Corpus, clusters: Clusters, policy: str) -> Standings:
    """Who is told apart from whom. The systems that are ranked are compared by :func:`goldspan.core.variance.rank`; a
    pair with any other system has its difference and no verdict, so that it does not move the others'."""
    metric = find_metric(HEADLINE.partition(".")[0])
    bounds = metric.bounds(metric.headline)
    found: dict[str, Estimate] = {}
    for entry in entries:
        rows = entry.rows(policy)
        found[entry.key] = estimates(metric, rows).get(metric.headline, nowhere(len(rows)))
    ranked = [
        entry.key
        for entry in entries
        if entry.card.unranked(corpus.name) is None and enough(found[entry.key], clusters)
    ]
    ranking = rank([found[key] for key in ranked], clusters, bounds)
    verdicts = {(ranked[pair.first], ranked[pair.second]): pair for pair in ranking.pairs}
    known = [key for key, one in found.items() if not isnan(one.value)]
    # Equal systems stand as the ranking has them: as they came.
    known.sort(key=lambda key: -found[key].value)
    pairs = []
    for at, first in enumerate(known):
        for second in known[at + 1 :]:
            verdict = verdicts.get((first, second))
            gap = verdict.difference if verdict else difference(found[first], found[second], clusters, bounds)
            both = replace(found[first], taking=found[first].taking | found[second].taking)
            ends = (gap.low, gap.high) if enough(both, clusters, FEWEST_PAGES_COMPARED) else None
            pairs.append(Pair(first, second, gap.value, ends, verdict.significant if verdict else None))
    ranges = zip(ranked, ranking.ranges, strict=True)
    return Standings({key: one for key, one in ranges if one is not None}, tuple(pairs))


def _result(entries: Sequence[Entry], standings: Standings, policy: str, protocol: str) -> Result:
    """The stored figures, with ranks."""
    shown = [
        replace(entry.results[policy], rank=standings.ranks.get(entry.key), rows=entry.rows(policy))
        for entry in entries
    ]
    stated = protocol.replace(f"policy:{POLICY}", f"policy:{load_policy(policy).identity}")
    return Result(stated, HEADLINE, tuple(shown))
