"""From samples and predictions to a result: align once a page, score many, pool last. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan

import numpy as np

from goldspan.core.align import Alignment, align
from goldspan.core.metrics import Metric
from goldspan.core.metrics.base import Case
from goldspan.core.policy import GoldTokens, Policy, tokenise_gold
from goldspan.core.protocol import Protocol
from goldspan.core.text import render, tokenise
from goldspan.core.variance import (
    FEWEST_PAGES_COMPARED,
    Clusters,
    Difference,
    Estimate,
    enough,
    estimate,
    interval,
    nowhere,
    rank,
)
from goldspan.errors import UsageError
from goldspan.model import (
    FAILURES,
    About,
    Extraction,
    Gold,
    Prediction,
    RankRange,
    Result,
    Row,
    Sample,
    Score,
    Speed,
    System,
    SystemResult,
)

_MARKUP = re.compile(r"https?://|\]\(|</?[a-z]+[^<>]{0,200}>", re.IGNORECASE)
_MUCH_MARKUP = 10  # pieces of it in one output
_WARN_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Measured:
    """One page, measured for every system: what is left of a sample when its texts are gone.

    Attributes:
        markup: for each system, whether its output looks like markup that was declared as text.
        left_out: why the page takes no part in what needs labelled blocks.
    """

    id: str
    about: About
    rows: tuple[Row, ...]
    markup: tuple[bool, ...]
    left_out: str | None = None


def case_of(
    gold: Gold, prediction: Prediction | None, system: System, policy: Policy, gold_tokens: GoldTokens | None
) -> Case:
    """What the metrics look at: a failure or a missing prediction is an empty output, and no answer."""
    extraction = prediction.extraction if prediction else None
    text = render(extraction) if extraction else ""
    alignment: Alignment | None = align(gold_tokens.target, tokenise(text)) if gold_tokens else None
    reference = gold.reference if gold.reference is not None else (gold_tokens.content_text if gold_tokens else None)
    answered = prediction is not None and prediction.status not in FAILURES
    return Case(gold, text, extraction, system.fields, gold_tokens, alignment, reference, answered)


def measure_sample(
    sample: Sample,
    systems: Sequence[System],
    predictions: Sequence[Prediction | None],
    policy: Policy,
    metrics: Sequence[Metric],
) -> Measured:
    """Measure every system's output for one sample.

    Args:
        predictions: one for each system, in their order; None where there is none.
    """
    gold_tokens = tokenise_gold(sample.gold, policy) if sample.gold.blocks is not None else None
    rows, markup = [], []
    for system, prediction in zip(systems, predictions, strict=True):
        case = case_of(sample.gold, prediction, system, policy, gold_tokens)
        values = {metric.name: metric.measure(case) if metric.needs <= case.holds else None for metric in metrics}
        rows.append(Row(sample.id, prediction.status if prediction else "error", values))
        markup.append(_is_full_of_markup(case.extraction))
    left_out = None
    if gold_tokens is None and sample.gold.coverage is not None:
        left_out = f"only {sample.gold.coverage:.0%} of its gold text stands on the page"
    return Measured(sample.id, sample.gold.about, tuple(rows), tuple(markup), left_out)


def _is_full_of_markup(extraction: Extraction | None) -> bool:
    return bool(extraction and extraction.format == "text" and len(_MARKUP.findall(extraction.text)) >= _MUCH_MARKUP)


def clusters_of(abouts: Sequence[About], ids: Sequence[str]) -> list[tuple[str, ...]]:
    """What pages are clustered by: family and article for composed pages, else the site, else the page itself.

    A corpus of both kinds is clustered by family or site and by article or page.
    """
    if any(about.family and about.article for about in abouts):
        return [
            (about.family or about.site or name, about.article or name) for about, name in zip(abouts, ids, strict=True)
        ]
    return [(about.site or name,) for about, name in zip(abouts, ids, strict=True)]


def clusters_in(pages: Sequence[Measured]) -> Clusters:
    """The clusters of measured pages."""
    return Clusters.of(clusters_of([page.about for page in pages], [page.id for page in pages]))


def estimates(metric: Metric, rows: Sequence[Row]) -> dict[str, Estimate]:
    """The figures of one metric and one system, from the pages that take part; none where no page does."""
    taking = np.array([row.values[metric.name] is not None for row in rows], dtype=np.bool_)
    values = [row.values[metric.name] or {} for row, takes in zip(rows, taking, strict=True) if takes]
    if not values:
        return {}
    names = dict.fromkeys(name for value in values for name in value)
    columns = {name: np.array([value.get(name, 0.0) for value in values]) for name in names}
    return estimate(metric.pool, columns, taking)


def _score(metric: Metric, name: str, found: Estimate, clusters: Clusters) -> Score:
    """A figure with its interval; without one where it comes from too few pages or clusters for that."""
    if isnan(found.value):
        return Score(None, n=found.pages)
    if not enough(found, clusters):
        return Score(found.value, n=found.pages)
    low, high = interval(found, clusters, metric.bounds(name))
    return Score(found.value, low, high, found.pages)


def headline_of(metrics: Sequence[Metric], measured: Sequence[Measured]) -> Metric:
    """The metric that systems are ranked by: the first that applies to at least one page of one system.

    Raises:
        UsageError: none of them applies to this corpus.
    """
    for metric in metrics:
        if any(row.values[metric.name] is not None for page in measured for row in page.rows):
            return metric
    wanted = ", ".join(metric.name for metric in metrics)
    raise UsageError(f"none of the metrics {wanted} applies to this corpus", "Choose another with --metric.")


def summarise(
    corpus: str,
    measured: Sequence[Measured],
    systems: Sequence[System],
    policy: Policy,
    metrics: Sequence[Metric],
    *,
    by: str | None = None,
    limits: str = "",
    speeds: Mapping[str, Speed] | None = None,
    warnings: Mapping[str, Sequence[str]] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Result:
    """Pool the measured pages into a result.

    Args:
        corpus: its identity, ``name@digest``.
        measured: the pages; they are pooled in the order of their ids, whatever order they come in.
        by: an attribute of About to break the headline down by.
        limits: of the runs, as protocols print them.
        speeds, warnings: by the system's key.
    """
    pages = sorted(measured, key=lambda page: page.id)
    clusters = clusters_in(pages)
    headline = headline_of(metrics, pages)
    columns = [tuple(page.rows[number] for page in pages) for number in range(len(systems))]
    figures = [{metric: estimates(metric, rows) for metric in metrics} for rows in columns]
    leaders = [found[headline].get(headline.headline, nowhere(len(pages))) for found in figures]
    ranges = _ranges(headline, leaders, clusters)
    results = []
    for number, (system, rows) in enumerate(zip(systems, columns, strict=True)):
        scores = {
            f"{metric.name}.{name}": _score(metric, name, one, clusters)
            for metric, found in figures[number].items()
            for name, one in found.items()
        }
        results.append(
            SystemResult(
                system=system,
                scores=scores,
                rank=ranges[number],
                rows=rows,
                failures=dict(sorted(Counter(row.status for row in rows if row.status != "ok").items())),
                speed=(speeds or {}).get(system.key, Speed()),
                strata=_strata(headline, rows, [page.about for page in pages], clusters, by),
                warnings=tuple((warnings or {}).get(system.key, ())) + _warnings(pages, number),
            )
        )
    protocol = Protocol(corpus, len(pages), policy.identity, headline.identity, limits=limits)
    return Result(
        protocol=str(protocol),
        headline=f"{headline.name}.{headline.headline}",
        systems=tuple(results),
        by=by,
        left_out={page.id: page.left_out for page in pages if page.left_out},
        environment=dict(environment or {}),
    )


def _ranges(metric: Metric, leaders: Sequence[Estimate], clusters: Clusters) -> list[RankRange | None]:
    """The ranks that each system can have by its headline; None where that comes from too few pages or clusters."""
    ranked = [number for number, found in enumerate(leaders) if enough(found, clusters)]
    ranking = rank(
        [leaders[number] for number in ranked],
        clusters,
        metric.bounds(metric.headline),
        lower_is_better=metric.lower_is_better,
    )
    by_number = dict(zip(ranked, ranking.ranges, strict=True))
    return [by_number.get(number) for number in range(len(leaders))]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two systems' paired difference in the headline, ``first − second``; ``significant`` after Holm over all pairs."""

    first: str
    second: str
    difference: Difference
    significant: bool


def compare(measured: Sequence[Measured], systems: Sequence[System], metric: Metric) -> list[Pair]:
    """The paired differences of all pairs of systems, the better system first, by the metric's headline: those that the
    ranks follow from, where the pages are enough for ranks."""
    pages = sorted(measured, key=lambda page: page.id)
    clusters = clusters_in(pages)
    leaders = [
        estimates(metric, [page.rows[number] for page in pages]).get(metric.headline, nowhere(len(pages)))
        for number in range(len(systems))
    ]
    ranking = rank(
        leaders,
        clusters,
        metric.bounds(metric.headline),
        lower_is_better=metric.lower_is_better,
    )
    return [
        Pair(systems[pair.first].key, systems[pair.second].key, _shown(pair.difference, len(pages)), pair.significant)
        for pair in ranking.pairs
    ]


def _shown(found: Difference, pages: int) -> Difference:
    """Without its interval where that would not hold what it promises."""
    return found if pages >= FEWEST_PAGES_COMPARED else replace(found, low=nan, high=nan)


def _strata(
    headline: Metric, rows: Sequence[Row], abouts: Sequence[About], clusters: Clusters, by: str | None
) -> dict[str, Score]:
    if not by:
        return {}
    found: dict[str, Score] = {}
    names = [str(getattr(about, by) or "unknown") for about in abouts]
    for name in sorted(set(names)):
        kept = np.array([i for i, other in enumerate(names) if other == name])
        figure = estimates(headline, [rows[i] for i in kept]).get(headline.headline)
        score = _score(headline, headline.headline, figure, clusters.only(kept)) if figure else Score(None)
        found[name] = score
    return found


def _warnings(pages: Iterable[Measured], number: int) -> tuple[str, ...]:
    marked = [page.markup[number] for page in pages]
    if sum(marked) <= _WARN_SHARE * len(marked):
        return ()
    return (
        f"{sum(marked)} of {len(marked)} outputs declared as text are full of URLs or markup, which counts as "
        "invented: declare the format as markdown or html",
    )
