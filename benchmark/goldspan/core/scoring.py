"""From samples and predictions to a result: align once a page, score many, pool last. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from goldspan.core.align import Alignment, align
from goldspan.core.metrics import Metric
from goldspan.core.metrics.base import Array, Case
from goldspan.core.policy import GoldTokens, Policy, tokenise_gold
from goldspan.core.protocol import Protocol
from goldspan.core.stats import ALPHA, RESAMPLES, SEED, Difference, difference, holm, interval, rank_groups, resample
from goldspan.core.text import render, tokenise
from goldspan.errors import UsageError
from goldspan.model import (
    FAILURES,
    About,
    Extraction,
    Gold,
    Prediction,
    Result,
    Row,
    Sample,
    Score,
    Speed,
    System,
    SystemResult,
)

FEW = 10
"""Strata with fewer pages are shown, but never ranked."""

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
    """What the bootstrap draws: family and article for composed pages, else the site, else the page itself.

    A corpus of both kinds is drawn by family or site and by article or page.
    """
    if any(about.family and about.article for about in abouts):
        return [
            (about.family or about.site or name, about.article or name) for about, name in zip(abouts, ids, strict=True)
        ]
    return [(about.site or name,) for about, name in zip(abouts, ids, strict=True)]


@dataclass(frozen=True, slots=True)
class _Pooled:
    """A figure of one system: its value, its resamples, and the pages that it comes from."""

    value: float
    drawn: Array
    pages: int

    def score(self) -> Score:
        if np.isnan(self.value):
            return Score(None, n=self.pages)
        low, high = interval(self.drawn)
        return Score(float(self.value), low, high, self.pages)


def _pool(metric: Metric, rows: Sequence[Row], weights: Array) -> dict[str, _Pooled]:
    """The figures of one metric over the rows that take part."""
    kept = [i for i, row in enumerate(rows) if row.values[metric.name] is not None]
    if not kept:
        return {}
    values = [rows[i].values[metric.name] or {} for i in kept]
    names = dict.fromkeys(name for value in values for name in value)
    columns = {name: np.array([value.get(name, 0.0) for value in values]) for name in names}
    points = metric.pool(columns, np.ones((1, len(kept))))
    drawn = metric.pool(columns, weights[:, kept])
    return {name: _Pooled(float(points[name][0]), drawn[name], len(kept)) for name in points}


def _nowhere(resamples: int) -> _Pooled:
    """The figure of a system to which a metric does not apply on any page."""
    return _Pooled(float("nan"), np.full(resamples, np.nan), 0)


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
    resamples: int = RESAMPLES,
    seed: int = SEED,
    speeds: Mapping[str, Speed] | None = None,
    warnings: Mapping[str, Sequence[str]] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Result:
    """Pool the measured pages into a result.

    Args:
        corpus: its identity, ``name@digest``.
        measured: the pages; they are pooled in the order of their ids, whatever order they come in.
        by: an attribute of About to break the headline down by.
        speeds, warnings: by the system's key.
    """
    pages = sorted(measured, key=lambda page: page.id)
    headline = headline_of(metrics, pages)
    abouts = [page.about for page in pages]
    weights = resample(clusters_of(abouts, [page.id for page in pages]), resamples, seed)
    results: list[SystemResult] = []
    leaders: list[_Pooled] = []
    for number, system in enumerate(systems):
        rows = tuple(page.rows[number] for page in pages)
        pooled = {
            f"{metric.name}.{name}": figure
            for metric in metrics
            for name, figure in _pool(metric, rows, weights).items()
        }
        leaders.append(pooled.get(f"{headline.name}.{headline.headline}", _nowhere(resamples)))
        results.append(
            SystemResult(
                system=system,
                scores={name: figure.score() for name, figure in pooled.items()},
                rank=None,
                rows=rows,
                failures=dict(sorted(Counter(row.status for row in rows if row.status != "ok").items())),
                speed=(speeds or {}).get(system.key, Speed()),
                strata=_strata(headline, rows, abouts, weights, by),
                warnings=tuple((warnings or {}).get(system.key, ())) + _warnings(pages, number),
            )
        )
    ranked = [i for i, leader in enumerate(leaders) if leader.pages >= FEW and not np.isnan(leader.value)]
    values, drawn = [leaders[i].value for i in ranked], [leaders[i].drawn for i in ranked]
    for i, group in zip(ranked, rank_groups(values, drawn, headline.lower_is_better), strict=True):
        results[i] = replace(results[i], rank=group)
    protocol = Protocol(corpus, len(pages), policy.identity, headline.identity, resamples, seed)
    return Result(
        protocol=str(protocol),
        headline=f"{headline.name}.{headline.headline}",
        systems=tuple(results),
        by=by,
        left_out={page.id: page.left_out for page in pages if page.left_out},
        environment=dict(environment or {}),
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two systems' paired difference in the headline, ``first − second``; ``significant`` after Holm over all pairs."""

    first: str
    second: str
    difference: Difference
    significant: bool


def compare(
    measured: Sequence[Measured],
    systems: Sequence[System],
    metric: Metric,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> list[Pair]:
    """The paired differences of all pairs of systems, the better system first, by the metric's headline.

    Many pairs need more resamples than few, or Holm's correction could reject nothing; they are drawn.
    """
    resamples = max(resamples, ceil(len(systems) * (len(systems) - 1) / ALPHA))
    pages = sorted(measured, key=lambda page: page.id)
    weights = resample(clusters_of([page.about for page in pages], [page.id for page in pages]), resamples, seed)
    figures = [
        _pool(metric, [page.rows[i] for page in pages], weights).get(metric.headline, _nowhere(resamples))
        for i in range(len(systems))
    ]
    sign = -1 if metric.lower_is_better else 1
    order = sorted(range(len(systems)), key=lambda i: (np.isnan(figures[i].value), -sign * figures[i].value))
    pairs = [(a, b) for at, a in enumerate(order) for b in order[at + 1 :]]
    found = [difference(figures[a].value, figures[b].value, figures[a].drawn, figures[b].drawn) for a, b in pairs]
    rejected = holm([one.p for one in found])
    return [
        Pair(systems[a].key, systems[b].key, one, significant)
        for (a, b), one, significant in zip(pairs, found, rejected, strict=True)
    ]


def _strata(
    headline: Metric, rows: Sequence[Row], abouts: Sequence[About], weights: Array, by: str | None
) -> dict[str, Score]:
    if not by:
        return {}
    found: dict[str, Score] = {}
    names = [str(getattr(about, by) or "unknown") for about in abouts]
    for name in sorted(set(names)):
        kept = [i for i, other in enumerate(names) if other == name]
        pooled = _pool(headline, [rows[i] for i in kept], weights[:, kept])
        figure = pooled.get(headline.headline)
        found[name] = figure.score() if figure else Score(None)
    return found


def _warnings(pages: Iterable[Measured], number: int) -> tuple[str, ...]:
    marked = [page.markup[number] for page in pages]
    if sum(marked) <= _WARN_SHARE * len(marked):
        return ()
    return (
        f"{sum(marked)} of {len(marked)} outputs declared as text are full of URLs or markup, which counts as "
        "invented: declare the format as markdown or html",
    )
