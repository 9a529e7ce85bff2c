#!/usr/bin/env python3
"""Do intervals hold what they promise? False alarms and coverage at a nominal 5 % and 95 %, before any correction for
many pairs, on the core set, article-extraction-benchmark (aeb), the articles of WCXB and Fundus, for body F1 of real
systems and for all their pairs.

  false alarms  On every page, or for every cluster, two systems' results are swapped or not by a coin. Then neither is
                better, and each pair that is told apart is a false alarm.
  coverage      A sample is drawn from the corpus, and the corpus's own figure is the truth that its interval should
                hold. What is drawn is clusters, with replacement: sites, until there are as many pages as wanted; on
                the core set families and articles, as many as give so many pages on average. A cluster that is drawn
                twice counts as two; a page stands in the sample once for each copy of its family and of its article.
                The core set is also drawn by families alone and by articles alone, the other way left as it is.

All of it for all pages, and for strata of 3 to 80 pages: samples of that size, drawn in the same way. Where at least
one sample in twenty is enough for an interval by the rule of goldspan.core.variance, the figures are of those that
are. Runs are kept in --runs and not made twice.

Example: scripts/studies/calibration.py --corpora ../shared/corpora
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from checkout import GUIDES
from documents import Report, settle
from goldspan.cli.progress_bar import progress
from goldspan.core.metrics.base import Array, page_means
from goldspan.core.scoring import clusters_of
from goldspan.core.stats import ALPHA
from goldspan.core.variance import (
    FEWEST_CLUSTERS,
    FEWEST_PAGES,
    FEWEST_PAGES_COMPARED,
    Bounds,
    Clusters,
    Codes,
    Estimate,
    difference,
    enough,
    estimate,
    interval,
)
from goldspan.data.schema import load_policy
from goldspan.errors import GoldspanError
from goldspan.evaluate.parallel import measure
from goldspan.evaluate.resume import run_in_folder

REPORT = Report("calibration.md", "calibration", GUIDES / "core" / "metrics" / "README.md")
HEADLINE = (
    "Where an interval is shown, it covers the truth in 93 to 97 % of simulated samples of nearly every kind, and "
    "false alarms stay under 7 % on average."
)
SYSTEMS = ("resiliparse", "trafilatura", "readability-lxml", "boilerpy3-article", "newspaper4k", "justext")
SIZES = (None, 80, 50, 30, 20, 12, 8, 5, 3)
SIMULATIONS, SEED = 2000, 7
COVERED, ALARMED = (0.93, 0.97), (0.03, 0.07)
_FEW_SHOWN = 0.05  # of the samples; below it, a cell speaks of those that are not shown


@dataclass(frozen=True, eq=False)
class Bench:
    """Systems on a corpus.

    Attributes:
        f1: of each system on each page, shape ``(systems, pages)``.
        ways: what its pages are clustered by, by name.
    """

    name: str
    f1: Array
    ways: dict[str, Codes]

    @property
    def pages(self) -> int:
        return int(self.f1.shape[1])

    @property
    def clusters(self) -> Clusters:
        return Clusters(tuple(self.ways.values()))


def load(name: str, spec: str, systems: Sequence[str], runs: Path, jobs: int) -> Bench:
    """Run and measure the systems; pages without an article take no part."""
    page_type = "article" if name == "wcxb" else None
    corpus, chosen = run_in_folder(systems, spec, runs, jobs, progress, page_type=page_type)
    wanted = {one.system.name.partition("?")[0]: one for one in chosen}
    chosen = [wanted[name] for name in systems]
    predictions = [one.predictions for one in chosen]
    measured = measure(corpus, [one.system for one in chosen], predictions, load_policy("neutral"), ["body"])
    pages, values = [], []
    for page in sorted(measured, key=lambda page: page.id):
        found = [row.values["body"] for row in page.rows]
        if all(value is not None for value in found):
            pages.append(page)
            values.append([value["f1"] for value in found if value is not None])
    names = clusters_of([page.about for page in pages], [page.id for page in pages])
    ways = ("site",) if len(names[0]) == 1 else ("family", "article")
    return Bench(name, np.array(values).T, dict(zip(ways, Clusters.of(names).ways, strict=True)))


# Sampling


@dataclass(frozen=True, eq=False)
class Drawn:
    """A sample: places of pages, and each page's clusters in the sample."""

    pages: NDArray[np.intp]
    clusters: Clusters


def draw(bench: Bench, by: str, size: int | None, rng: np.random.Generator) -> Drawn:
    """A sample of a corpus, of all its size or of some pages."""
    if by == "family and article":
        return _draw_both(bench, size, rng)
    codes = bench.ways[by]
    members = [np.flatnonzero(codes == number) for number in range(codes.max() + 1)]
    chosen: list[NDArray[np.intp]] = []
    left = size or 0
    while left > 0 if size else len(chosen) < len(members):
        pages = rng.permutation(members[rng.integers(len(members))])[: left if size else None]
        chosen.append(pages)
        left -= len(pages)
    pages = np.concatenate(chosen)
    copies = np.repeat(np.arange(len(chosen)), [len(some) for some in chosen])
    ways = tuple(copies if way == by else old[pages] for way, old in bench.ways.items())
    return Drawn(pages, _renumbered(ways))


def _draw_both(bench: Bench, size: int | None, rng: np.random.Generator) -> Drawn:
    families, articles = bench.ways.values()
    share = (size / bench.pages) ** 0.5 if size else 1.0
    drawn = [rng.integers(codes.max() + 1, size=round(share * (codes.max() + 1))) for codes in (families, articles)]
    copies: dict[int, list[int]] = {}
    for copy, article in enumerate(drawn[1].tolist()):
        copies.setdefault(article, []).append(copy)
    found = [
        (page, copy, other)
        for copy, family in enumerate(drawn[0].tolist())
        for page in np.flatnonzero(families == family).tolist()
        for other in copies.get(int(articles[page]), ())
    ]
    pages, *ways = np.array(found, dtype=np.intp).reshape(-1, 3).T
    return Drawn(pages, _renumbered(ways))


def _renumbered(ways: Sequence[Codes]) -> Clusters:
    return Clusters(tuple(ways)).only(np.arange(len(ways[0])))


def of_mean(values: Array) -> Estimate:
    return estimate(page_means, {"f1": values}, np.ones(len(values), dtype=np.bool_))["f1"]


# Simulating


@dataclass(frozen=True)
class Cell:
    """One corpus, one way of drawing or of swapping, one size; ``swap`` is None for coverage."""

    bench: Bench
    by: str
    size: int | None
    swap: str | None
    simulations: int


@dataclass(frozen=True, eq=False)
class Found:
    """What a cell's simulations gave.

    Attributes:
        shown: share of the samples that are enough for an interval; the rest is of those alone, if there are some.
        figures: for each system the share of samples whose interval held the truth.
        pairs: for each pair the share whose interval of the difference held it, or of false alarms.
    """

    shown: float
    figures: Array
    pairs: Array


def simulate(cell: Cell) -> Found:
    """All simulations of a cell; samples of one cluster have no interval and are left out."""
    names = (cell.bench.name, cell.by, cell.swap or "", str(cell.size))
    rng = np.random.default_rng([SEED, *"/".join(names).encode()])
    systems = range(len(cell.bench.f1))
    pairs = list(combinations(systems, 2))
    truth = cell.bench.f1.mean(axis=1)
    whole = Drawn(np.arange(cell.bench.pages), cell.bench.clusters)
    shown, figures, differences = [], [], []
    for _ in range(cell.simulations):
        still = cell.swap and cell.size is None
        sample = whole if still else draw(cell.bench, cell.by, cell.size, rng)
        if not len(sample.pages) or sample.clusters.fewest < 2:
            continue
        f1 = cell.bench.f1[:, sample.pages]
        shown.append(enough(of_mean(f1[0]), sample.clusters))
        if cell.swap:
            differences.append([_is_alarm(f1[a] - f1[b], cell, sample, rng) for a, b in pairs])
            continue
        estimates = [of_mean(row) for row in f1]
        bounds = [interval(one, sample.clusters) for one in estimates]
        figures.append([low <= truth[i] <= high for i, (low, high) in enumerate(bounds)])
        found = [(a, b, difference(estimates[a], estimates[b], sample.clusters)) for a, b in pairs]
        differences.append([one.low <= truth[a] - truth[b] <= one.high for a, b, one in found])
    if not shown:
        return Found(0.0, np.full(len(systems), np.nan), np.full(len(pairs), np.nan))
    share = sum(shown) / cell.simulations
    kept = np.array(shown) if share > _FEW_SHOWN else np.ones(len(shown), dtype=np.bool_)
    return Found(
        share,
        np.array(figures)[kept].mean(axis=0) if figures else np.zeros(0),
        np.array(differences)[kept].mean(axis=0),
    )


def _is_alarm(differences: Array, cell: Cell, sample: Drawn, rng: np.random.Generator) -> bool:
    """Whether two systems whose results were swapped by a coin are told apart: a swap turns a difference around."""
    ways = dict(zip(cell.bench.ways, sample.clusters.ways, strict=True))
    units = ways.get(cell.swap or "", np.arange(len(differences)))
    signs = rng.choice((-1.0, 1.0), size=units.max() + 1)[units]
    nothing = Estimate(0.0, np.zeros(len(differences)), np.ones(len(differences), dtype=np.bool_))
    return difference(of_mean(signs * differences), nothing, sample.clusters).p <= ALPHA


def cells(bench: Bench, simulations: int) -> Iterator[Cell]:
    ways = list(bench.ways)
    by = " and ".join(ways)
    for size in SIZES:
        for swap in ("page", *ways):
            yield Cell(bench, by, size, swap, simulations)
        for drawn in dict.fromkeys((by, *ways)):
            yield Cell(bench, drawn, size, None, simulations)


# Tables


@dataclass(frozen=True)
class Part:
    """One of the tables: its cells, which of their figures, within which bounds, and shown from how many pages on."""

    what: str
    head: str
    done: Sequence[tuple[Cell, Found]]
    values: Callable[[Found], Array]
    bounds: Bounds
    fewest: int

    def is_shown(self, cell: Cell, found: Found) -> bool:
        return found.shown > _FEW_SHOWN and (cell.size is None or cell.size >= self.fewest)


def _cell(values: Array, shown: bool) -> str:
    """Mean, least and most over systems or pairs, in percent; slanted where no interval is shown."""
    if not len(values) or np.isnan(values).any():
        return "–"
    text = f"{100 * values.mean():.1f} ({100 * values.min():.0f}–{100 * values.max():.0f})"
    return text if shown else f"*{text}*"


def _table(part: Part) -> list[str]:
    """A row for each corpus and way, a column for each size."""
    rows: dict[tuple[str, str], list[str]] = {}
    for cell, found in part.done:
        text = _cell(part.values(found), part.is_shown(cell, found))
        rows.setdefault((cell.bench.name, cell.swap or cell.by), []).append(text)
    sizes = ["all" if size is None else str(size) for size in SIZES]
    return [
        f"| corpus | {part.head} | " + " | ".join(sizes) + " |",
        "| --- | --- |" + " ---: |" * len(sizes),
        *(f"| {name} | {way} | " + " | ".join(texts) + " |" for (name, way), texts in rows.items()),
        "",
    ]


def _outside(part: Part) -> str:
    """How many means and how many single systems or pairs are outside, of those that are shown."""
    kept = [part.values(found) for cell, found in part.done if part.is_shown(cell, found)]
    low, high = part.bounds
    counts = [
        f"{int((one < low).sum())} below and {int((one > high).sum())} above of {len(one)}"
        for one in (np.array([values.mean() for values in kept]), np.concatenate(kept))
    ]
    return f"- {part.what}, {low:.0%} to {high:.0%}: of means {counts[0]}, of single systems or pairs {counts[1]}."


def tables(done: Sequence[tuple[Cell, Found]]) -> str:
    alarms = [one for one in done if one[0].swap]
    drawn = [one for one in done if not one[0].swap]
    parts = [
        Part("False alarms", "swapped by", alarms, lambda found: found.pairs, ALARMED, FEWEST_PAGES),
        Part("Coverage of figures", "drawn by", drawn, lambda found: found.figures, COVERED, FEWEST_PAGES),
        Part("Coverage of differences", "drawn by", drawn, lambda found: found.pairs, COVERED, FEWEST_PAGES_COMPARED),
    ]
    lines = [
        "In percent, the mean over systems or pairs, the least and the most, by the number of pages. An interval is "
        f"shown from {FEWEST_PAGES} pages and {FEWEST_CLUSTERS} clusters on (in the way of clustering that has fewer), "
        f"that of a difference from {FEWEST_PAGES_COMPARED} pages on; slanted cells are not shown.",
        "",
    ]
    for part in parts:
        lines += [f"**{part.what}**", "", *_table(part)]
    return "\n".join([*lines, "Outside, where shown:", "", *map(_outside, parts)])


def dominated(benches: Sequence[Bench], systems: Sequence[str]) -> str:
    """Pairs whose variance is mostly one cluster's: no sample says how often such a cluster comes."""
    lines = [
        "| corpus | pair | clustered by | the largest cluster's share of the variance |",
        "| --- | --- | --- | ---: |",
    ]
    for bench in benches:
        for a, b in combinations(range(len(systems)), 2):
            influence = of_mean(bench.f1[a]).influence - of_mean(bench.f1[b]).influence
            for way, codes in bench.ways.items():
                squares = np.bincount(codes, influence) ** 2
                if squares.max() > squares.sum() / 3:
                    share = f"{squares.max() / squares.sum():.0%}"
                    lines.append(f"| {bench.name} | {systems[a]}, {systems[b]} | {way} | {share} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True, help="the folder that holds aeb, wcxb and fundus")
    parser.add_argument("--only", nargs="+", choices=("core", "aeb", "wcxb", "fundus"), help="some of the corpora")
    parser.add_argument("--simulations", type=int, default=SIMULATIONS, help="in each cell")
    parser.add_argument(
        "--runs", type=Path, default=user_cache_path("goldspan") / "calibration", help="where runs are kept"
    )
    parser.add_argument("--write", action="store_true", help="put the tables into annotations/figures/calibration.md")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    specs = {"core": "core", **{name: f"{name}:{options.corpora / name}" for name in ("aeb", "wcxb", "fundus")}}
    try:
        benches = [
            load(name, spec, SYSTEMS, options.runs.resolve(), options.jobs)
            for name, spec in specs.items()
            if name in (options.only or specs)
        ]
    except GoldspanError as error:
        print(f"calibration: {error}", file=sys.stderr)
        return error.exit_code
    todo = [cell for bench in benches for cell in cells(bench, options.simulations)]
    with ProcessPoolExecutor(options.jobs) as pool, progress("simulating", len(todo)) as advance:
        done = []
        for cell, found in zip(todo, pool.map(simulate, todo), strict=True):
            done.append((cell, found))
            advance(1)
    text = f"{tables(done)}\n\n{dominated(benches, SYSTEMS)}"
    print(text)
    return settle(REPORT.parts(HEADLINE, text), "write") if options.write else 0


if __name__ == "__main__":
    sys.exit(main())
