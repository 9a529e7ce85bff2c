"""All that the site shows, gathered from the store and the corpus before anything is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from statistics import median

from goldspan.core.metrics import find_metric
from goldspan.core.scoring import FEW, Measured, Pair, clusters_of, compare, summarise
from goldspan.data.corpora import Corpus
from goldspan.data.schema import data_path, load_policy, policy_names
from goldspan.errors import UsageError
from goldspan.leaderboard.entries import Entry, read_entries, slug
from goldspan.leaderboard.verification import POLICY
from goldspan.model import Result, Sample, Score, SystemResult
from goldspan.report import formatting
from goldspan.report.tables import in_order

HEADLINE = "body.f1"
_PERMISSIVE = ("MIT", "BSD", "APACHE", "ISC", "PSF", "PYTHON SOFTWARE", "UNLICENSE", "ZLIB", "MPL", "0BSD")


@dataclass(frozen=True, slots=True)
class Old:
    """An entry that cannot be compared with the others, and why."""

    entry: Entry
    why: str


@dataclass(frozen=True)
class Board:
    """The systems of a leaderboard, and the pages they were scored on.

    Attributes:
        entries: the newest of each system, those that can be compared.
        history: every entry, in the order in which they came.
        old: entries that cannot be compared any more.
        results: under each policy, with ranks and rows.
        names: short names by key.
        addresses: parts of file names by key, unique.
    """

    corpus: Corpus
    samples: tuple[Sample, ...]
    entries: tuple[Entry, ...]
    history: tuple[Entry, ...]
    old: tuple[Old, ...]
    results: Mapping[str, Result]
    names: Mapping[str, str]
    addresses: Mapping[str, str]

    @property
    def result(self) -> Result:
        """Under the default policy."""
        return self.results[POLICY]

    @cached_property
    def clusters(self) -> list[tuple[str, ...]]:
        return clusters_of([sample.gold.about for sample in self.samples], [sample.id for sample in self.samples])

    @cached_property
    def by_key(self) -> Mapping[str, Entry]:
        return {entry.key: entry for entry in self.entries}

    @cached_property
    def ordered(self) -> tuple[Entry, ...]:
        """The entries as the tables have them."""
        return tuple(self.by_key[one.system.key] for one in in_order(self.result))

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """The paired differences of all pairs, under the default policy."""
        if len(self.entries) < 2:
            return ()
        measured = _measured(self.samples, self.entries, POLICY)
        return tuple(compare(measured, [entry.card.system for entry in self.entries], find_metric("body")))

    def stratum(self, by: str, sample: Sample) -> str:
        return str(getattr(sample.gold.about, by) or "unknown")

    def counted(self, by: str) -> dict[str, int]:
        """Pages by stratum, the largest first."""
        found = Counter(self.stratum(by, sample) for sample in self.samples)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def result_by(self, by: str, policy: str = POLICY) -> Result:
        """A result broken down."""
        result = self.results[policy]
        systems = tuple(replace(one, strata=self.by_key[one.system.key].strata[policy][by]) for one in result.systems)
        return replace(result, by=by, systems=systems)

    def strengths(self, entry: Entry, most: int = 6) -> list[tuple[str, str, Score, float]]:
        """Where a system is furthest above the median system: by what, the stratum, its score, the median."""
        found = []
        for by in ("page_type", "language", "family"):
            for name, score in entry.strata[POLICY][by].items():
                others = [
                    other.strata[POLICY][by][name].value for other in self.entries if name in other.strata[POLICY][by]
                ]
                known = [value for value in others if value is not None]
                if score.value is not None and score.n >= FEW and known:
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
    return Board(
        corpus,
        samples,
        entries,
        tuple(history),
        tuple(old),
        {policy: _result(samples, entries, corpus, policy, protocol) for policy in policy_names()},
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


def _measured(samples: Sequence[Sample], entries: Sequence[Entry], policy: str) -> list[Measured]:
    rows = [{row.id: row for row in entry.rows(policy)} for entry in entries]
    return [
        Measured(sample.id, sample.gold.about, tuple(found[sample.id] for found in rows), (False,) * len(rows))
        for sample in samples
    ]


def _result(samples: Sequence[Sample], entries: Sequence[Entry], corpus: Corpus, policy: str, protocol: str) -> Result:
    """The stored figures, with ranks among the systems that are ranked."""
    ranked = [entry for entry in entries if entry.card.unranked(corpus.name) is None]
    ranks: dict[str, int | None] = {}
    if ranked:
        systems = [entry.card.system for entry in ranked]
        found = summarise("", _measured(samples, ranked, policy), systems, load_policy(policy), [find_metric("body")])
        ranks = {one.system.key: one.rank for one in found.systems}
    shown: list[SystemResult] = [
        replace(entry.results[policy], rank=ranks.get(entry.key), rows=entry.rows(policy)) for entry in entries
    ]
    stated = protocol.replace(f"policy:{POLICY}", f"policy:{load_policy(policy).identity}")
    return Result(stated, HEADLINE, tuple(shown))
