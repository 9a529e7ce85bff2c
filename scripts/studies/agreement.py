#!/usr/bin/env python3
"""Does the core set rank systems as real pages do?

All registered systems are run over the core set, over article-extraction-benchmark (aeb) and over the articles of WCXB,
and scored by body F1 and word F1. Of the pairs of systems that both real corpora order significantly and alike (the
95 % interval of the paired difference leaves out 0; bootstrap by site), it counts how many the core set orders alike,
and how many it significantly reverses (bootstrap by family and article). Beside that: Kendall's tau-b, the mean
absolute difference of F1, and what the real corpora, and two halves of one, manage among themselves. Systems that
declare to be tuned on the core set are left out. Runs are kept in --runs and not made twice.

With --leaks the same systems are run over the stand-off gold of pages of both, and what they leak there, by label, is
held against what they leak on the core set.

Example: scripts/studies/agreement.py --aeb ../shared/corpora/aeb --wcxb ../shared/corpora/wcxb --leaks
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from goldspan.cli.common import progress
from numpy.typing import NDArray
from platformdirs import user_cache_path
from scipy.stats import kendalltau, spearmanr

from checkout import ROOT
from documents import fill
from goldspan.core.scoring import clusters_of
from goldspan.core.stats import SEED, interval, resample
from goldspan.data.corpora import Corpus
from goldspan.data.corpora.standoff import PLACE
from goldspan.data.files import write_atomically
from goldspan.data.runs import SystemRun
from goldspan.data.schema import load_labels, load_policy
from goldspan.errors import GoldspanError
from goldspan.evaluate.parallel import measure
from goldspan.evaluate.resume import run_in_folder
from goldspan.extractors.registry import REGISTERED

Array = NDArray[np.float64]

FIGURES = ROOT / "annotations" / "figures"
RESAMPLES = 2000
METRICS = {"body": "body F1", "words": "word F1"}
MODES = ("trafilatura?fast=true", "trafilatura?favor_precision=true", "trafilatura?favor_recall=true")
BASELINES = {"html-text", "inscriptis", "html2text", "beautifulsoup", "selectolax-text", "everything", "nothing"}
VARIANTS = {*MODES, "boilerpy3-default", "news-please", "breadability"}
"""Modes and descendants of a library that is in the list already."""


@dataclass(frozen=True)
class TokenCounts:
    """Systems on a corpus: F1, shape ``(systems, pages)``, and the bootstrap's weights, ``(resamples, pages)``."""

    name: str
    f1: dict[str, Array]
    weights: Array

    def means(self, metric: str) -> Array:
        return self.f1[metric].mean(axis=1)

    def drawn(self, metric: str) -> Array:
        """The means in each resample: shape ``(resamples, systems)``."""
        return self.weights @ self.f1[metric].T / self.weights.sum(axis=1, keepdims=True)

    def of(self, systems: Sequence[int]) -> TokenCounts:
        return replace(self, f1={name: values[list(systems)] for name, values in self.f1.items()})


def not_tuned(
    spec: str, systems: Sequence[str], runs: Path, jobs: int, page_type: str | None = None
) -> tuple[Corpus, list[SystemRun]]:
    """A corpus and the runs of all systems over it, but for those that are tuned on the core set."""
    corpus, found = run_in_folder(systems, spec, runs, jobs, progress, page_type=page_type)
    return corpus, [one for one in found if "core" not in one.system.tuned_on]


def hold(
    name: str, spec: str, systems: Sequence[str], runs: Path, jobs: int, seed: int
) -> tuple[TokenCounts, list[str]]:
    """Run and measure all systems over a corpus; of WCXB, its articles."""
    corpus, chosen = not_tuned(spec, systems, runs, jobs, "article" if name == "wcxb" else None)
    predictions = [one.predictions for one in chosen]
    measured = measure(corpus, [one.system for one in chosen], predictions, load_policy("neutral"), list(METRICS))
    # Pages that a metric does not apply to (no article, gold that was left out) take no part.
    pages = [page for page in measured if all(row.values[m] is not None for row in page.rows for m in METRICS)]
    f1 = {}
    for metric in METRICS:
        f1[metric] = np.array([[_f1(page.rows[i].values[metric]) for page in pages] for i in range(len(chosen))])
    weights = resample(clusters_of([page.about for page in pages], [page.id for page in pages]), RESAMPLES, seed)
    return TokenCounts(name, f1, weights[weights.sum(axis=1) > 0]), [_short(one.system.key) for one in chosen]


def _f1(values: object) -> float:
    assert isinstance(values, dict)
    return float(values["f1"])


def _short(key: str) -> str:
    """``trafilatura@2.1?fast=true`` → ``trafilatura?fast=true``."""
    name, _, rest = key.partition("@")
    return name + (f"?{rest.partition('?')[2]}" if "?" in rest else "")


def signs(held: TokenCounts, metric: str) -> tuple[Array, Array]:
    """For each pair of systems the difference, first − second, and its sign where it is significant, else 0."""
    means, drawn = held.means(metric), held.drawn(metric)
    pairs = list(combinations(range(len(means)), 2))
    differences = np.array([means[a] - means[b] for a, b in pairs])
    bounds = np.array([interval(drawn[:, a] - drawn[:, b]) for a, b in pairs])
    return differences, np.where(bounds[:, 0] > 0, 1.0, np.where(bounds[:, 1] < 0, -1.0, 0.0))


@dataclass(frozen=True)
class Agreement:
    """How a corpus orders the pairs that others order: shares of ``pairs``, with the interval of the first."""

    pairs: int
    alike: float
    low: float
    high: float
    reversed: float


def agreement(core: TokenCounts, real: Sequence[TokenCounts], metric: str) -> Agreement:
    """Of the pairs that every real corpus orders significantly and alike, what the core set does."""
    found = [signs(held, metric)[1] for held in real]
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


def tau_with_interval(first: TokenCounts, second: TokenCounts, metric: str) -> str:
    """Kendall's tau-b of two corpora's means; both corpora are resampled."""
    rows = min(len(first.weights), len(second.weights))
    a, b = first.drawn(metric)[:rows], second.drawn(metric)[:rows]
    low, high = interval(np.array([tau(x, y) for x, y in zip(a, b, strict=True)]))
    return f"{tau(first.means(metric), second.means(metric)):.2f} [{low:.2f}, {high:.2f}]"


def apart(first: TokenCounts, second: TokenCounts, metric: str) -> float:
    return float(np.abs(first.means(metric) - second.means(metric)).mean())


def halves(held: TokenCounts, metric: str) -> float:
    """The mean tau of 200 splits of a corpus's pages into halves."""
    rng = np.random.default_rng(SEED)
    values = held.f1[metric]
    found = []
    for _ in range(200):
        order = rng.permutation(values.shape[1])
        one, other = np.array_split(order, 2)
        found.append(tau(values[:, one].mean(axis=1), values[:, other].mean(axis=1)))
    return float(np.mean(found))


def tables(core: TokenCounts, aeb: TokenCounts, wcxb: TokenCounts, names: Sequence[str]) -> str:
    plain = [i for i, name in enumerate(names) if name not in BASELINES | VARIANTS]
    lines = [
        "| systems | F1 | pairs that both real corpora settle | ordered alike [95 % interval] (target ≥ 90 %) "
        "| significantly reversed (target ≤ 2 %) |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for title, kept in (("all", range(len(names))), ("no baselines, one a library", plain)):
        for metric, shown in METRICS.items():
            found = agreement(core.of(kept), [aeb.of(kept), wcxb.of(kept)], metric)
            lines.append(
                f"| {title} ({len(kept)}) | {shown} | {found.pairs} | {found.alike:.1%} "
                f"[{found.low:.1%}, {found.high:.1%}] | {found.reversed:.1%} |"
            )
    lines += [
        "",
        "| systems | F1 | between | Kendall's tau-b [95 % interval] | mean absolute difference of F1 |",
        "| --- | --- | --- | ---: | ---: |",
    ]
    for title, kept in (("all", range(len(names))), ("no baselines, one a library", plain)):
        for metric, shown in METRICS.items():
            for first, second in ((core, aeb), (core, wcxb), (aeb, wcxb)):
                a, b = first.of(kept), second.of(kept)
                lines.append(
                    f"| {title} | {shown} | {first.name} and {second.name} | {tau_with_interval(a, b, metric)} "
                    f"| {apart(a, b, metric):.3f} |"
                )
        for held in (core, aeb, wcxb):
            lines.append(f"| {title} | body F1 | two halves of {held.name} | {halves(held.of(kept), 'body'):.2f} | |")
    return "\n".join([*lines, "", *_means(core, aeb, wcxb, names)])


def _means(core: TokenCounts, aeb: TokenCounts, wcxb: TokenCounts, names: Sequence[str]) -> Iterator[str]:
    yield "| system | core | aeb | wcxb | core, words | aeb, words | wcxb, words |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    order = np.argsort(-core.means("body"))
    columns = [held.means(metric) for metric in METRICS for held in (core, aeb, wcxb)]
    for i in order:
        yield f"| {names[i]} | " + " | ".join(f"{column[i]:.3f}" for column in columns) + " |"


def reversals(core: TokenCounts, real: Sequence[TokenCounts], names: Sequence[str], metric: str) -> list[str]:
    """The pairs that the core set orders otherwise than all real corpora, for whoever mends the skins."""
    found = [signs(held, metric)[1] for held in real]
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


def scatter(core: TokenCounts, real: Sequence[TokenCounts], names: Sequence[str], metric: str) -> bytes:
    """The core set's means against each real corpus's, as SVG."""
    import altair
    import pandas
    import vl_convert

    rows = [
        {
            "system": names[i],
            "corpus": held.name,
            "core": core.means(metric)[i],
            "real": held.means(metric)[i],
        }
        for held in real
        for i in range(len(names))
    ]
    named = [i for i, name in enumerate(names) if name not in BASELINES | VARIANTS]
    places = [(names[i], core.means(metric)[i], max(held.means(metric)[i] for held in real)) for i in named]
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
    return str(vl_convert.vegalite_to_svg(chart.to_json())).encode()


LABELS = 8
"""The labels of which most leaks on real pages have columns of their own."""


@dataclass(frozen=True)
class Leaks:
    """What systems leak of each noise label, tokens a page, shape ``(systems,)``; the share of pages that have it."""

    tokens: dict[str, Array]
    present: dict[str, float]
    pages: int


def leaks(spec: str, systems: Sequence[str], runs: Path, jobs: int) -> tuple[Leaks, list[str]]:
    """What systems leak on the pages of a corpus that have an article."""
    corpus, chosen = not_tuned(spec, systems, runs, jobs)
    policy = load_policy("neutral")
    measured = measure(corpus, [one.system for one in chosen], [one.predictions for one in chosen], policy, ["leak"])
    rows = [[row.values["leak"] for row in page.rows] for page in measured]
    kept = [page for page in rows if all(values is not None for values in page)]
    golds = (corpus.load(id).gold for id in corpus.ids)
    labels = [{block.label for block in gold.blocks or ()} for gold in golds]
    found = {}
    for name in sorted(label for label, group in load_labels().groups.items() if group == "noise"):
        found[name] = np.array([[(values or {}).get(name, 0.0) for values in page] for page in kept]).mean(axis=0)
    present = {name: float(np.mean([name in one for one in labels])) for name in found}
    return Leaks(found, present, len(kept)), [_short(one.system.key) for one in chosen]


def leak_tables(core: Leaks, real: Leaks, names: Sequence[str]) -> str:
    """By label, how alike systems leak on both; and each system's profile on both."""
    extractors = [i for i, name in enumerate(names) if name not in BASELINES]

    def alike(one: Array, other: Array) -> str:
        one, other = one[extractors], other[extractors]
        return f"{spearmanr(one, other).statistic:.2f}" if min(np.ptp(one), np.ptp(other)) else "–"

    order = sorted(real.tokens, key=lambda name: -real.tokens[name][extractors].mean())
    lines = [
        f"{core.pages} pages of the core set and {real.pages} real ones; {len(extractors)} systems, no baselines.",
        "",
        "| label | pages that have it: core | real | leaked tokens a page, mean of the systems: core | real "
        "| Spearman's rho of the systems |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in order:
        a, b = core.tokens[name], real.tokens[name]
        lines.append(
            f"| {name} | {core.present[name]:.0%} | {real.present[name]:.0%} "
            f"| {a[extractors].mean():.1f} | {b[extractors].mean():.1f} | {alike(a, b)} |"
        )
    total = [np.sum(list(one.tokens.values()), axis=0) for one in (core, real)]
    lines.append(
        f"| all | | | {total[0][extractors].mean():.1f} | {total[1][extractors].mean():.1f} | {alike(*total)} |"
    )
    shown = order[:LABELS]
    lines += [
        "",
        "Leaked tokens a page, core set / real pages:",
        "",
        "| system | " + " | ".join(shown) + " | all |",
        "| --- |" + " ---: |" * (len(shown) + 1),
    ]
    for i in np.argsort(total[1]):
        cells = [f"{core.tokens[name][i]:.1f} / {real.tokens[name][i]:.1f}" for name in shown]
        lines.append(f"| {names[i]} | " + " | ".join(cells) + f" | {total[0][i]:.1f} / {total[1][i]:.1f} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aeb", required=True, help="article-extraction-benchmark's folder")
    parser.add_argument("--wcxb", required=True, help="WCXB's folder")
    parser.add_argument("--core", default="core", help="another set to hold against them, such as a fresh draw")
    parser.add_argument(
        "--runs", type=Path, default=user_cache_path("goldspan") / "agreement", help="where runs are kept"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--leaks", action="store_true", help="compare leaks as well, by the stand-off gold")
    parser.add_argument("--write", action="store_true", help="put tables and plots into the dataset card")
    options = parser.parse_args()
    systems = [*REGISTERED, *MODES]
    try:
        specs = {"core": options.core, "aeb": f"aeb:{options.aeb}", "wcxb": f"wcxb:{options.wcxb}"}
        held, names = {}, {}
        for number, (name, spec) in enumerate(specs.items()):  # each corpus is resampled on its own
            held[name], names[name] = hold(name, spec, systems, options.runs.resolve(), options.jobs, SEED + number)
        if not names["core"] == names["aeb"] == names["wcxb"]:
            raise GoldspanError("the runs hold different systems", f"Remove {options.runs} and run again.")
        core, real = held["core"], (held["aeb"], held["wcxb"])
        text = tables(core, *real, names["core"])
        print(text, *reversals(core, real, names["core"], "body"), sep="\n")
        if options.write:
            for metric in METRICS:
                write_atomically(FIGURES / f"agreement-{metric}.svg", scatter(core, real, names["core"], metric))
            fill(ROOT / "annotations" / "README.md", "agreement", text)
        if options.leaks:
            os.environ.setdefault(PLACE, str(Path(options.aeb).resolve().parent))
            standoff = f"standoff:{ROOT / 'annotations' / 'standoff'}"
            on_core, names_core = leaks(options.core, systems, options.runs.resolve(), options.jobs)
            on_real, names_real = leaks(standoff, systems, options.runs.resolve(), options.jobs)
            assert names_core == names_real
            text = leak_tables(on_core, on_real, names_core)
            print(text)
            if options.write:
                fill(ROOT / "annotations" / "README.md", "leaks", text)
    except GoldspanError as error:
        print(f"agreement: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
