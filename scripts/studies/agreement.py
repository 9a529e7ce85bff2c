#!/usr/bin/env python3
"""Does the core set rank systems as real pages do?

All registered systems are run over the core set, over article-extraction-benchmark (aeb) and over the articles of WCXB,
and scored by body F1 and word F1. Of the pairs of systems that both real corpora order significantly and alike (the
95 % interval of the paired difference leaves out 0; bootstrap by site), it counts how many the core set orders alike,
and how many it significantly reverses (bootstrap by family and article). Beside that: Kendall's tau-b, the mean
absolute difference of F1, and what the real corpora, and two halves of one, manage among themselves. Systems that
declare to be tuned on the core set are left out. Runs are kept in --runs and not made twice.

Example: scripts/studies/agreement.py --aeb ../shared/corpora/aeb --wcxb ../shared/corpora/wcxb
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy.stats import kendalltau

from bootstrap import Array, bounds, drawn_means
from checkout import CARD, FIGURES
from documents import Report, settle
from drawing import write_chart
from goldspan.core.stats import SEED, interval
from goldspan.errors import GoldspanError
from kept_runs import BASELINES, MODES, SYSTEMS, measure_runs
from study import add_action, add_corpora, add_runs, launch, parser_of, specs_of

REPORT = Report("agreement.md", "agreement", CARD)
METRICS = {"body": "body F1", "words": "word F1"}
VARIANTS = {*MODES, "boilerpy3-default", "news-please", "breadability"}
"""Modes and descendants of a library that is in the list already."""
SPLITS = 200
ALL, PLAIN = "all", "no baselines, one a library"


@dataclass(frozen=True)
class Scores:
    """Systems on a corpus: F1, shape ``(systems, pages)``, and the bootstrap's weights, ``(resamples, pages)``."""

    name: str
    f1: dict[str, Array]
    weights: Array

    def means(self, metric: str) -> Array:
        means: Array = self.f1[metric].mean(axis=1)
        return means

    def drawn(self, metric: str) -> Array:
        """The means in each resample: shape ``(resamples, systems)``."""
        return drawn_means(self.f1[metric], self.weights)

    def of(self, systems: Sequence[int]) -> Scores:
        return replace(self, f1={name: values[list(systems)] for name, values in self.f1.items()})


def signs(scores: Scores, metric: str) -> tuple[Array, Array]:
    """For each pair of systems the difference, first − second, and its sign where it is significant, else 0."""
    means, drawn = scores.means(metric), scores.drawn(metric)
    first, second = np.array(list(combinations(range(len(means)), 2))).T
    low, high = bounds(drawn[:, first] - drawn[:, second])
    return means[first] - means[second], np.where(low > 0, 1.0, np.where(high < 0, -1.0, 0.0))


@dataclass(frozen=True)
class Agreement:
    """How a corpus orders the pairs that others order: shares of ``pairs``, with the interval of the first."""

    pairs: int
    alike: float
    low: float
    high: float
    reversed: float

    def __str__(self) -> str:
        return f"{self.alike:.1%} [{self.low:.1%}, {self.high:.1%}]"


def agreement(core: Scores, real: Sequence[Scores], metric: str) -> Agreement:
    """Of the pairs that every real corpus orders significantly and alike, what the core set does."""
    found = [signs(scores, metric)[1] for scores in real]
    settled = np.logical_and.reduce([(one == found[0]) & (one != 0) for one in found])
    wanted = found[0][settled]
    differences, significant = (values[settled] for values in signs(core, metric))
    pairs = np.array(list(combinations(range(len(core.f1[metric])), 2)))[settled]
    drawn = core.drawn(metric)
    alike = (np.sign(drawn[:, pairs[:, 0]] - drawn[:, pairs[:, 1]]) == wanted).mean(axis=1)
    low, high = interval(alike)
    return Agreement(
        len(wanted), float((np.sign(differences) == wanted).mean()), low, high, float((significant == -wanted).mean())
    )


def tau(first: Array, second: Array) -> float:
    return float(kendalltau(first, second).statistic)


def tau_with_interval(first: Scores, second: Scores, metric: str) -> str:
    """Kendall's tau-b of two corpora's means; both corpora are resampled."""
    rows = min(len(first.weights), len(second.weights))
    a, b = first.drawn(metric)[:rows], second.drawn(metric)[:rows]
    low, high = interval(np.array([tau(x, y) for x, y in zip(a, b, strict=True)]))
    return f"{tau(first.means(metric), second.means(metric)):.2f} [{low:.2f}, {high:.2f}]"


def apart(first: Scores, second: Scores, metric: str) -> float:
    return float(np.abs(first.means(metric) - second.means(metric)).mean())


def halves(scores: Scores, metric: str) -> float:
    """The mean tau of many splits of a corpus's pages into halves."""
    rng = np.random.default_rng(SEED)
    values = scores.f1[metric]
    found = []
    for _ in range(SPLITS):
        order = rng.permutation(values.shape[1])
        one, other = np.array_split(order, 2)
        found.append(tau(values[:, one].mean(axis=1), values[:, other].mean(axis=1)))
    return float(np.mean(found))


def groups(names: Sequence[str]) -> dict[str, Sequence[int]]:
    """All systems, and those that are neither baselines nor relatives of another."""
    return {ALL: range(len(names)), PLAIN: [i for i, name in enumerate(names) if name not in BASELINES | VARIANTS]}


def headline(core: Scores, real: Sequence[Scores]) -> str:
    found = agreement(core, real, "body")
    return (
        f"Of the {found.pairs} pairs of systems that both real corpora settle by body F1, the core set orders {found} "
        f"alike (target ≥ 90 %) and significantly reverses {found.reversed:.1%} (target ≤ 2 %)."
    )


def tables(core: Scores, aeb: Scores, wcxb: Scores, names: Sequence[str]) -> str:
    lines = [
        "| systems | F1 | pairs that both real corpora settle | ordered alike [95 % interval] (target ≥ 90 %) "
        "| significantly reversed (target ≤ 2 %) |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for title, kept in groups(names).items():
        for metric, shown in METRICS.items():
            found = agreement(core.of(kept), [aeb.of(kept), wcxb.of(kept)], metric)
            lines.append(f"| {title} ({len(kept)}) | {shown} | {found.pairs} | {found} | {found.reversed:.1%} |")
    lines += [
        "",
        "| systems | F1 | between | Kendall's tau-b [95 % interval] | mean absolute difference of F1 |",
        "| --- | --- | --- | ---: | ---: |",
    ]
    for title, kept in groups(names).items():
        for metric, shown in METRICS.items():
            for first, second in ((core, aeb), (core, wcxb), (aeb, wcxb)):
                a, b = first.of(kept), second.of(kept)
                lines.append(
                    f"| {title} | {shown} | {first.name} and {second.name} | {tau_with_interval(a, b, metric)} "
                    f"| {apart(a, b, metric):.3f} |"
                )
        for scores in (core, aeb, wcxb):
            share = halves(scores.of(kept), "body")
            lines.append(f"| {title} | body F1 | two halves of {scores.name} | {share:.2f} | |")
    return "\n".join([*lines, "", *_means(core, aeb, wcxb, names)])


def _means(core: Scores, aeb: Scores, wcxb: Scores, names: Sequence[str]) -> Iterator[str]:
    yield "| system | core | aeb | wcxb | core, words | aeb, words | wcxb, words |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    order = np.argsort(-core.means("body"))
    columns = [scores.means(metric) for metric in METRICS for scores in (core, aeb, wcxb)]
    for i in order:
        yield f"| {names[i]} | " + " | ".join(f"{column[i]:.3f}" for column in columns) + " |"


def reversals(core: Scores, real: Sequence[Scores], names: Sequence[str], metric: str) -> list[str]:
    """The pairs that the core set orders otherwise than all real corpora, for whoever mends the site templates."""
    found = [signs(scores, metric)[1] for scores in real]
    differences, significant = signs(core, metric)
    lines = []
    for number, (a, b) in enumerate(combinations(range(len(names)), 2)):
        wanted = found[0][number]
        is_settled = wanted and all(one[number] == wanted for one in found)
        if is_settled and np.sign(differences[number]) != wanted:
            better, worse = (a, b) if wanted > 0 else (b, a)
            mark = "significantly" if significant[number] else "not significantly"
            lines.append(f"{names[better]} > {names[worse]} on real pages; {mark} reversed, {differences[number]:+.3f}")
    return lines


def apart_from_each_other(places: Sequence[tuple[str, float, float]]) -> list[dict[str, str | float]]:
    """Names beside their points, each raised until it hides no other: width and height are shares of the plot's."""
    letter, height = 0.0088, 0.025
    placed: list[tuple[str, float, float]] = []
    for name, x, y in sorted(places, key=lambda place: place[1]):
        while hidden := [
            at for _, right, at in placed if x - len(name) * letter < right and abs(y - at) < 0.9 * height
        ]:
            y = max(hidden) + height
        placed.append((name, x, y))
    return [{"system": name, "core": x, "real": y} for name, x, y in placed]


def draw(core: Scores, real: Sequence[Scores], names: Sequence[str], metric: str) -> None:
    """The core set's means against each real corpus's."""
    import altair
    import pandas

    means = core.means(metric)
    rows = [
        {"system": name, "corpus": scores.name, "core": means[i], "real": scores.means(metric)[i]}
        for scores in real
        for i, name in enumerate(names)
    ]
    places = [(names[i], means[i], max(scores.means(metric)[i] for scores in real)) for i in groups(names)[PLAIN]]
    scale = altair.Scale(domain=[0, 1])
    x = altair.X("core:Q", scale=scale, title=f"{METRICS[metric]} on the core set")
    y = altair.Y("real:Q", scale=scale, title=f"{METRICS[metric]} on real pages")
    dots = (
        altair.Chart(pandas.DataFrame(rows))
        .mark_point(filled=True, size=60)
        .encode(x=x, y=y, color="corpus:N", shape="corpus:N")
    )
    labels = (
        altair.Chart(pandas.DataFrame(apart_from_each_other(places)))
        .mark_text(align="right", dx=-7, fontSize=9, clip=False)
        .encode(x="core:Q", y="real:Q", text="system:N")
    )
    line = altair.Chart(pandas.DataFrame({"core": [0, 1], "real": [0, 1]})).mark_line(strokeDash=[4, 4], color="#999")
    chart = (line.encode(x="core:Q", y="real:Q") + dots + labels).properties(width=520, height=420, background="white")
    write_chart(FIGURES / f"agreement-{metric}.svg", chart)


def main() -> int:
    parser = parser_of(__doc__)
    add_corpora(parser)
    add_runs(parser)
    add_action(parser)
    options = parser.parse_args()
    found, names = [], []
    for number, (name, spec) in enumerate(specs_of(options).items()):
        page_type = "article" if name == "wcxb" else None
        kept = measure_runs(spec, SYSTEMS, options.runs, options.jobs, list(METRICS), page_type=page_type)
        # Each corpus is resampled on its own.
        found.append(Scores(name, {metric: kept.f1(metric) for metric in METRICS}, kept.weights(SEED + number)))
        names.append(kept.names)
    if not names[0] == names[1] == names[2]:
        raise GoldspanError("the runs hold different systems", f"Remove {options.runs} and run again.")
    core, aeb, wcxb = found
    parts = REPORT.parts(headline(core, (aeb, wcxb)), tables(core, aeb, wcxb, names[0]))
    print(*reversals(core, (aeb, wcxb), names[0], "body"), sep="\n")
    if options.action == "write":
        for metric in METRICS:
            draw(core, (aeb, wcxb), names[0], metric)
    return settle(parts, options.action)


if __name__ == "__main__":
    launch(main)
