"""What every metric owes, as one function that names each fault. The test of the registry walks all metrics with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import get_args

import numpy as np

from goldspan.core.metrics.base import Case, Metric, Need
from goldspan.core.policy import tokenise_gold
from goldspan.core.scoring import case_of
from goldspan.data.schema import load_policy
from goldspan.model import FIELDS, Extraction, Gold, GoldBlock, Prediction, Snippets, System

NEEDS: tuple[Need, ...] = get_args(Need)
SYSTEM = System("test", "1", fields=FIELDS)
POLICY = load_policy("neutral")
METADATA: Mapping[str, object] = {
    "title": "Heron returns",
    "authors": ["Ada Ferring"],
    "published": "2024-05-06",
    "modified": "2024-05-07",
    "publisher": "Valley Gazette",
    "language": "en",
    "description": "A bird is back.",
}
FURNITURE = (GoldBlock("Home News Sport Weather", "navigation"), GoldBlock("Heron returns", "title"))
BODY = (
    GoldBlock("The heron came back to the old mill pond on Tuesday.", "body", "p"),
    GoldBlock("Nobody in the village had expected that it would forgive them.", "body", "p"),
    GoldBlock("A warden says that eels and frogs are returning as well.", "body", "p"),
)


def _gold(body: tuple[GoldBlock, ...]) -> Gold:
    """A gold that states all there is to state."""
    wanted = ("old mill pond", "forgive them") if body else ()
    reference = "\n".join(block.text for block in body)
    snippets = Snippets(wanted, ("Sport Weather",))
    return Gold(blocks=(*FURNITURE, *body), reference=reference, snippets=snippets, metadata=METADATA)


GOLDS = (_gold(BODY), _gold(()))
"""A page with content and one without, for what is measured on such pages alone."""


def _case(gold: Gold, extraction: Extraction) -> Case:
    prediction = Prediction(SYSTEM.key, "page", "ok", extraction)
    return case_of(gold, prediction, SYSTEM, POLICY, tokenise_gold(gold, POLICY))


def _perfect(gold: Gold) -> Case:
    authors = ("Ada Ferring",)
    return _case(gold, Extraction(gold.reference or "", **{**METADATA, "authors": authors}))  # type: ignore[arg-type]


def _empty(gold: Gold) -> Case:
    return _case(gold, Extraction(""))


def _wrong(gold: Gold) -> Case:
    """All of the page from its end to its beginning, then words of nowhere."""
    lines = [block.text for block in gold.blocks or ()]
    return _case(gold, Extraction("\n".join([*reversed(lines), "Zygomorphic xylophones quarrel"]), title="Home"))


def _half(gold: Gold) -> Case:
    return _case(gold, Extraction("\n".join(block.text for block in BODY[:2]), title="Heron"))


CASES = [make(gold) for gold, make in product(GOLDS, (_perfect, _half, _wrong, _empty))]


def _lacking(case: Case, need: Need) -> Case:
    """The same case with a gold that does not state one thing."""
    gold = case.gold
    if need == "blocks":
        return replace(case, gold=replace(gold, blocks=None), gold_tokens=None, alignment=None)
    if need == "reference":
        return replace(case, gold=replace(gold, reference=None), reference=None)
    if need == "snippets":
        return replace(case, gold=replace(gold, snippets=None))
    return replace(case, gold=replace(gold, metadata={}))


def faults(metric: Metric) -> list[str]:
    """What is wrong with a metric, a sentence each; empty where nothing is."""
    return list(_faults(metric))


def _faults(metric: Metric) -> Iterator[str]:
    name, dot, headline = metric.identity.partition("/")[0].partition(".")
    if (name, dot, headline) != (metric.name, ".", metric.headline):
        yield f"its identity '{metric.identity}' does not parse: a name has no '.' and no '/'"
    if unknown := sorted(set(metric.needs) - set(NEEDS)):
        yield f"it needs {unknown}, which no gold states: there are {', '.join(NEEDS)}"
        return
    rows = [dict(values) for case in CASES if (values := metric.measure(case)) is not None]
    if not rows:
        yield "it measures nothing, even where the gold states all there is"
        return
    if strange := sorted({key for row in rows for key, value in row.items() if not np.isfinite(value)}):
        yield f"its values {strange} are not finite"
        return
    figures = _pool(metric, rows, np.ones((1, len(rows))))
    if metric.headline not in figures:
        yield f"its headline '{metric.headline}' is not among the figures that it pools: {sorted(figures)}"
        return
    if strange := sorted(key for key, value in figures.items() if not np.isfinite(value).all()):
        yield f"its figures {strange} are not finite"
        return
    yield from _faults_of_weights(metric, rows)
    yield from _faults_of_order(metric)
    yield from _faults_of_needs(metric)


def _pool(metric: Metric, rows: list[dict[str, float]], weights: np.ndarray) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    names = dict.fromkeys(key for row in rows for key in row)
    return metric.pool({name: np.array([row.get(name, 0.0) for row in rows]) for name in names}, weights)


def _faults_of_weights(metric: Metric, rows: list[dict[str, float]]) -> Iterator[str]:
    """Whole weights are pages taken that many times."""
    draws = [[1] * len(rows), [3, *[1] * (len(rows) - 1)], [*[0] * (len(rows) - 1), 2], [0, *range(1, len(rows))]]
    together = _pool(metric, rows, np.array(draws, dtype=np.float64))
    for number, draw in enumerate(draws):
        taken = [row for row, times in zip(rows, draw, strict=True) for _ in range(times)]
        alone = _pool(metric, taken, np.ones((1, len(taken))))
        for figure, values in together.items():
            if values.shape != (len(draws),):
                yield f"its figure '{figure}' has the shape {values.shape} for {len(draws)} rows of weights"
                return
            if figure in alone and not np.isclose(values[number], alone[figure][0], equal_nan=True):
                yield (
                    f"its figure '{figure}' does not honour the weights: {values[number]:g} with the weights {draw}, "
                    f"{alone[figure][0]:g} over the pages taken that many times"
                )
                return


def _faults_of_order(metric: Metric) -> Iterator[str]:
    """Nothing is better than the perfect output, and something is worse."""
    sign = -1 if metric.lower_is_better else 1
    is_worse = False
    for gold in GOLDS:
        best = _headline(metric, _perfect(gold))
        if best is None:
            continue
        for name, make in {"empty": _empty, "wrong": _wrong}.items():
            found = _headline(metric, make(gold))
            if found is not None and sign * found > sign * best:
                yield f"the {name} output scores {found:g}, better than the perfect one with {best:g}"
                return
            is_worse = is_worse or (found is not None and sign * found < sign * best)
    if not is_worse:
        yield "the perfect output scores no better than an empty one, nor than a wrong one"


def _headline(metric: Metric, case: Case) -> float | None:
    values = metric.measure(case)
    return None if values is None else float(_pool(metric, [dict(values)], np.ones((1, 1)))[metric.headline][0])


def _faults_of_needs(metric: Metric) -> Iterator[str]:
    """Without what it declares to need it measures nothing, and with that alone it measures what it did."""
    for need in NEEDS:
        lacking = [_lacking(case, need) for case in CASES]
        if need in metric.needs:
            if any(_measures(metric, case) for case in lacking):
                yield f"it declares that it needs '{need}', yet it measures pages without it"
        elif [_measures(metric, case) for case in lacking] != [_measures(metric, case) for case in CASES]:
            yield f"it does not measure pages without '{need}', yet it does not declare that it needs it"


def _measures(metric: Metric, case: Case) -> bool:
    """Whether it gives values; to fail on a gold that lacks something is not to give any."""
    try:
        return metric.measure(case) is not None
    except (AttributeError, TypeError, KeyError):
        return False
