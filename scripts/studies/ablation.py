#!/usr/bin/env python3
"""What does each kind of mess cost an extractor?

Pages of the core set that carry a kind of mess are composed once more from the same seed, with that kind switched off,
and every registered extractor is run over both. Printed is the difference of body F1, in points: with the mess less
without it, a mean over pages with its 95 % interval (bootstrap by family and article). Where a box goes, what follows
it may be drawn anew; that is in the intervals. Baselines, systems that were tuned on the core set and news-please, a
vote of libraries that are in the list, take no part.

Example: scripts/studies/ablation.py --pages 40 --write
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from checkout import ROOT
from documents import fill
from goldspan.core.scoring import clusters_of
from goldspan.core.stats import interval, resample
from goldspan.data.corpora import Corpus, open_corpus
from goldspan.data.files import write_atomically, write_folder
from goldspan.data.gold import format_gold, sample_to_json
from goldspan.data.schema import load_policy
from goldspan.errors import GoldspanError
from goldspan.evaluate.parallel import measure
from goldspan.extractors.registry import REGISTERED
from goldspan.model import About, Prediction, System
from goldspan.sandbox.runner import Limits, Run
from goldspan.synth import Article, PlannedPage, SiteTemplate, compose, load_plan, load_templates, read_articles
from goldspan.synth.build import BuiltPage, files
from goldspan.synth.noise.mess import MESS
from goldspan.synth.rng import Rng

Array = NDArray[np.float64]

CARD = ROOT / "annotations" / "README.md"
FIGURE = ROOT / "annotations" / "figures" / "ablation.svg"
PADDING = {"left": 20, "right": 40, "top": 5, "bottom": 5}  # fonts differ in width
FEWEST = 10  # pages for an interval
SKIPPED = {"news-please"}
SYSTEMS = [name for name, entry in REGISTERED.items() if name not in SKIPPED and not entry.about.startswith("baseline")]


@cache
def sources() -> tuple[Mapping[str, Article], Mapping[str, SiteTemplate], Mapping[str, PlannedPage]]:
    plan = {planned.id: planned for planned in load_plan()}
    return read_articles(ROOT / "annotations" / "articles"), load_templates(), plan


def without(page: str, kind: str) -> str:
    return f"{page}.without-{kind}"


def composed(page: str, kind: str | None) -> BuiltPage:
    """A page of the plan, with a kind of mess switched off or as it is."""
    articles, templates, plan = sources()
    planned = plan[page]
    name = without(page, kind) if kind else page
    sample = compose(articles[planned.article], templates[planned.family], planned.seed, name, without=kind or "")
    assert kind not in sample.gold.about.mess, name
    return BuiltPage(name, sample.page.data, format_gold(sample_to_json(sample)))


def chosen(corpus: Corpus, most: int) -> dict[str, list[str]]:
    """For each kind of mess the pages that carry it and show an article; of many, some that are drawn."""
    abouts = {id: corpus.plain(id).gold.about for id in corpus.ids}
    found = {}
    for kind in MESS:
        carry = [id for id, about in abouts.items() if kind in about.mess and about.article]
        if carry:
            found[kind] = sorted(Rng(f"ablation/{kind}").sample(carry, most))
    return found


def run_all(corpus: Corpus, jobs: int) -> tuple[list[System], list[dict[str, Prediction]]]:
    """Every system over every page, as the command line runs them."""
    systems, predictions = [], []
    for spec in SYSTEMS:
        with Run(spec, Limits(), jobs) as run:
            if "core" in run.started.system.tuned_on:
                continue
            done = {}
            for prediction in run.predictions(corpus.ids, lambda page: corpus.plain(page).page):
                done[prediction.id] = prediction
                if len(done) % 50 == 0 and sys.stderr.isatty():
                    print(f"{spec}: {len(done)} of {len(corpus)} pages", end="\r", file=sys.stderr)
            print(f"{spec}: {len(done)} pages            ", file=sys.stderr)
            systems.append(run.started.system)
            predictions.append(done)
    return systems, predictions


@dataclass(frozen=True)
class Cost:
    """What a kind of mess costs: for each system, and for their mean as the last, a difference and its interval."""

    kind: str
    pages: int
    differences: Array
    low: Array
    high: Array

    def cell(self, at: int) -> str:
        value = f"{self.differences[at]:+.1f}"
        return value if self.pages < FEWEST else f"{value} [{self.low[at]:+.1f}, {self.high[at]:+.1f}]"

    def is_clear(self, at: int) -> bool:
        return self.pages >= FEWEST and bool(self.low[at] > 0 or self.high[at] < 0)


def cost(kind: str, pages: Sequence[str], f1: Mapping[str, Array], abouts: Mapping[str, About]) -> Cost:
    each = np.array([f1[page] - f1[without(page, kind)] for page in pages]) * 100
    each = np.column_stack([each, each.mean(axis=1)])
    weights = resample(clusters_of([abouts[page] for page in pages], pages))
    weights = weights[weights.sum(axis=1) > 0]
    drawn = weights @ each / weights.sum(axis=1, keepdims=True)
    bounds = np.array([interval(drawn[:, at]) for at in range(each.shape[1])])
    return Cost(kind, len(pages), each.mean(axis=0), bounds[:, 0], bounds[:, 1])


def scores(corpus: Corpus, jobs: int) -> tuple[list[str], dict[str, Array], dict[str, About]]:
    """The systems' names, and each page's body F1 by system."""
    systems, predictions = run_all(corpus, jobs)
    f1, abouts = {}, {}
    for page in measure(corpus, systems, predictions, load_policy("neutral"), ["body"]):
        values = [row.values["body"] for row in page.rows]
        f1[page.id] = np.array([value["f1"] for value in values if isinstance(value, dict)])
        abouts[page.id] = page.about
    return [system.name for system in systems], f1, abouts


def tables(costs: Sequence[Cost], names: Sequence[str], core: Corpus, most: int) -> str:
    lines = [
        f"Points of body F1 on `core@{core.digest[:8]}`, with the mess less without it; up to {most} pages a kind, "
        f"no interval below {FEWEST}.",
        "",
        "![What each kind of mess costs each system](figures/ablation.svg)",
        "",
        "| mess | pages | mean of the systems [95 % interval] | hit hardest |",
        "| --- | ---: | ---: | --- |",
    ]
    for one in costs:
        worst = int(np.argmin(one.differences[:-1]))
        hit = f"{names[worst]} {one.differences[worst]:+.1f}" if one.differences[worst] < -0.05 else ""
        lines.append(f"| {one.kind} | {one.pages} | {one.cell(-1)} | {hit} |")
    lines += ["", "<details><summary>Each system, with intervals</summary>", ""]
    lines += [f"| mess | {' | '.join(names)} |", "| --- |" + " ---: |" * len(names)]
    lines += [f"| {one.kind} | " + " | ".join(map(one.cell, range(len(names)))) + " |" for one in costs]
    return "\n".join([*lines, "", "</details>"])


def heatmap(costs: Sequence[Cost], names: Sequence[str]) -> bytes:
    """Kinds of mess by systems, as SVG; what an interval does not tell from nothing is grey."""
    import altair
    import pandas
    import vl_convert

    rows = [
        {
            "mess": f"{one.kind} ({one.pages})",
            "system": [*names, "mean"][at],
            "points": round(float(one.differences[at]), 2),
            "shown": f"{one.differences[at]:+.1f}",
            "clear": one.is_clear(at),
        }
        for one in costs
        for at in range(len(names) + 1)
    ]
    base = altair.Chart(pandas.DataFrame(rows)).encode(
        x=altair.X("system:N", sort=[*names, "mean"], title=None, axis=altair.Axis(labelAngle=-35, orient="top")),
        y=altair.Y("mess:N", sort=None, title="mess (pages)", axis=altair.Axis(labelLimit=220)),
    )
    colour = altair.Color(
        "points:Q", title="points", scale=altair.Scale(scheme="redblue", domain=[-10, 10], clamp=True)
    )
    boxes = base.mark_rect().encode(color=colour)
    texts = base.mark_text(fontSize=9).encode(
        text="shown:N", color=altair.condition("datum.clear", altair.value("#000"), altair.value("#999"))
    )
    chart = (boxes + texts).properties(
        width=altair.Step(52), height=altair.Step(17), padding=PADDING, background="white"
    )
    return str(vl_convert.vegalite_to_svg(chart.to_json())).encode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10, help="pages a kind at most")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", action="store_true", help="put tables and plot into the dataset card")
    options = parser.parse_args()
    try:
        core = open_corpus("core")
        kinds = chosen(core, options.pages)
        whole = sorted({page for pages in kinds.values() for page in pages})
        wanted = [(page, None) for page in whole] + [(page, kind) for kind, pages in kinds.items() for page in pages]
        with ProcessPoolExecutor(options.jobs) as pool:
            made = list(pool.map(composed, *zip(*wanted, strict=True), chunksize=16))
        print(f"{len(made)} pages composed", file=sys.stderr)
        with TemporaryDirectory() as folder:
            write_folder(Path(folder), files(made, "ablation"))
            names, f1, abouts = scores(open_corpus(f"folder:{folder}"), options.jobs)
        costs = [cost(kind, pages, f1, abouts) for kind, pages in kinds.items()]
        costs.sort(key=lambda one: one.differences[-1])
        text = tables(costs, names, core, options.pages)
        print(text)
        if options.write:
            write_atomically(FIGURE, heatmap(costs, names))
            fill(CARD, "ablation", text)
    except GoldspanError as error:
        print(f"ablation: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
