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

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bootstrap import Array, bounds, drawn_means, weights_of
from checkout import ANNOTATIONS, CARD, FIGURES
from documents import Report, settle
from drawing import PADDING, write_chart
from goldspan.core.scoring import clusters_of
from goldspan.data.corpora import Corpus, open_corpus
from goldspan.data.files import write_folder
from goldspan.data.gold import format_gold, sample_to_json
from goldspan.extractors.registry import REGISTERED
from goldspan.model import About
from goldspan.synth import Article, PlannedPage, SiteTemplate, compose, load_plan, load_templates, read_articles
from goldspan.synth.build import BuiltPage, files
from goldspan.synth.noise.mess import MESS
from goldspan.synth.rng import Rng
from kept_runs import BASELINES, measure_runs
from study import add_action, add_jobs, launch, parser_of

REPORT = Report("ablation.md", "ablation", CARD)
FEWEST = 10  # pages for an interval
SKIPPED = {"news-please", *BASELINES}
SYSTEMS = [name for name in REGISTERED if name not in SKIPPED]


@cache
def sources() -> tuple[Mapping[str, Article], Mapping[str, SiteTemplate], Mapping[str, PlannedPage]]:
    plan = {planned.id: planned for planned in load_plan()}
    return read_articles(ANNOTATIONS / "articles"), load_templates(), plan


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
    weights = weights_of(clusters_of([abouts[page] for page in pages], pages))
    return Cost(kind, len(pages), each.mean(axis=0), *bounds(drawn_means(each.T, weights)))


def scores(made: Sequence[BuiltPage], jobs: int) -> tuple[list[str], dict[str, Array], dict[str, About]]:
    """The systems' names, and each page's body F1 by system."""
    with TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        write_folder(corpus, files(made, "ablation"))
        kept = measure_runs(f"folder:{corpus}", SYSTEMS, Path(folder, "runs"), jobs, ["body"])
    order = sorted(range(len(kept.systems)), key=lambda at: SYSTEMS.index(kept.names[at]))
    f1 = kept.f1("body")[order]
    return (
        [kept.names[at] for at in order],
        {page.id: f1[:, at] for at, page in enumerate(kept.pages)},
        {page.id: page.about for page in kept.pages},
    )


def headline(costs: Sequence[Cost]) -> str:
    hardest = next((one for one in costs if one.pages >= FEWEST), costs[0])
    clear = sum(one.is_clear(-1) and one.differences[-1] < 0 for one in costs)
    return (
        f"`{hardest.kind}` costs most: {hardest.cell(-1)} points of body F1, the mean of the systems. Of {len(costs)} "
        f"kinds of mess, {clear} cost more than their intervals leave in doubt."
    )


def tables(costs: Sequence[Cost], names: Sequence[str], core: Corpus, most: int) -> str:
    lines = [
        f"Points of body F1 on `core@{core.digest[:8]}`, with the mess less without it; up to {most} pages a kind, "
        f"no interval below {FEWEST}.",
        "",
        "![What each kind of mess costs each system](ablation.svg)",
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


def draw(costs: Sequence[Cost], names: Sequence[str]) -> None:
    """Kinds of mess by systems; what an interval does not tell from nothing is grey."""
    import altair
    import pandas

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
    write_chart(FIGURES / "ablation.svg", chart)


def main() -> int:
    parser = parser_of(__doc__)
    parser.add_argument("--pages", type=int, default=10, help="pages a kind at most")
    add_jobs(parser)
    add_action(parser)
    options = parser.parse_args()
    core = open_corpus("core")
    kinds = chosen(core, options.pages)
    whole = sorted({page for pages in kinds.values() for page in pages})
    wanted = [(page, None) for page in whole] + [(page, kind) for kind, pages in kinds.items() for page in pages]
    with ProcessPoolExecutor(options.jobs) as pool:
        made = list(pool.map(composed, *zip(*wanted, strict=True), chunksize=16))
    print(f"{len(made)} pages composed", file=sys.stderr)
    names, f1, abouts = scores(made, options.jobs)
    costs = [cost(kind, pages, f1, abouts) for kind, pages in kinds.items()]
    costs.sort(key=lambda one: one.differences[-1])
    if options.action == "write":
        draw(costs, names)
    return settle(REPORT.parts(headline(costs), tables(costs, names, core, options.pages)), options.action)


if __name__ == "__main__":
    launch(main)
