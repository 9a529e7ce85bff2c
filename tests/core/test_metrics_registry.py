"""Every metric of the registry owes the same; a newcomer is checked by being registered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from goldspan.core.metrics import DEFAULT, REGISTRY, find_metric, names
from goldspan.core.metrics.base import Array, Case, Columns, Metric, page_means
from goldspan.errors import UsageError
from tests.core.metric_conformance import CASES, faults

BODY = find_metric("body")


@pytest.mark.parametrize("name", names())
def test_conforms(name: str) -> None:
    assert faults(find_metric(name)) == []


@pytest.mark.parametrize("name", names())
def test_its_names_find_it(name: str) -> None:
    metric = find_metric(name)
    assert metric.name == name
    assert find_metric(metric.identity) is find_metric(f"{name}.{metric.headline}") is metric
    assert metric.about


def test_the_default_metrics_are_registered() -> None:
    assert DEFAULT == ("body", "leak", "loss", "surplus", "order", "abstention", "metadata")
    assert set(DEFAULT) <= set(REGISTRY)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bodi", "there is no metric 'bodi'. Did you mean 'body'?"),
        ("qqqq", "there is no metric 'qqqq'. 'goldspan list metrics' shows them all."),
        ("body.f2", "there is no metric 'body.f2'. This version of the program has 'body.f1/2'."),
        ("body.f1/3", "there is no metric 'body.f1/3'. This version of the program has 'body.f1/2'."),
    ],
)
def test_a_wrong_name_says_what_to_do(name: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_metric(name)
    assert str(caught.value) == words


class _Point:
    """An entry point of another package."""

    def __init__(self, name: str, value: object) -> None:
        self.name, self.value = name, value

    def load(self) -> object:
        return self.value


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[_Point]]:
    """Metrics of other packages; fill the list."""
    points: list[_Point] = []
    asked = {"group": "goldspan.metrics"}
    module = import_module("goldspan.core.metrics")
    monkeypatch.setattr(module, "entry_points", lambda **given: points if given == asked else [])
    find_metric.cache_clear()
    yield points
    find_metric.cache_clear()


def test_metrics_of_other_packages_come_last_and_are_found(others: list[_Point]) -> None:
    mine = replace(BODY, name="zeta")
    others += [_Point("zeta", mine), _Point("eta", replace(BODY, name="eta"))]
    assert names() == [*REGISTRY, "eta", "zeta"]
    assert find_metric("zeta.f1/2") is mine


def test_an_entry_point_that_is_no_metric(others: list[_Point]) -> None:
    others.append(_Point("zeta", print))
    with pytest.raises(UsageError, match=r"the metric 'zeta' is no Metric. Its entry point must name a Metric object."):
        find_metric("zeta")


# planted faults


def _with(**values: float) -> Any:
    """A measure that has these values beside those of body."""

    def measure(case: Case) -> Mapping[str, float] | None:
        found = BODY.measure(case)
        return None if found is None else {**found, **values}

    return measure


def _pool_without_weights(columns: Columns, weights: Array) -> dict[str, Array]:
    return page_means(columns, np.ones_like(weights))


def _pool_of_one_row(columns: Columns, weights: Array) -> dict[str, Array]:
    return page_means(columns, weights[:1])


def _pool_of_nan(columns: Columns, weights: Array) -> dict[str, Array]:
    return {**page_means(columns, weights), "odd": np.full(len(weights), np.nan)}


PLANTED = {
    "a NaN": (replace(BODY, measure=_with(f1=float("nan"))), "its values ['f1'] are not finite"),
    "an infinity": (replace(BODY, measure=_with(speed=float("inf"))), "its values ['speed'] are not finite"),
    "an empty pool": (
        replace(BODY, pool=lambda columns, weights: {}),
        "its headline 'f1' is not among the figures that it pools: []",
    ),
    "a NaN in the pool": (replace(BODY, pool=_pool_of_nan), "its figures ['odd'] are not finite"),
    "a wrong headline": (
        replace(BODY, headline="f2"),
        "its headline 'f2' is not among the figures that it pools: ['f1', 'precision', 'recall']",
    ),
    "nothing measured": (
        replace(BODY, measure=lambda case: None),
        "it measures nothing, even where the gold states all there is",
    ),
    "weights ignored": (replace(BODY, pool=_pool_without_weights), "its figure 'f1' does not honour the weights: "),
    "one row for all": (
        replace(BODY, pool=_pool_of_one_row),
        "its figure 'f1' has the shape (1,) for 4 rows of weights",
    ),
    "the wrong direction": (
        replace(BODY, lower_is_better=True),
        "the empty output scores 0, better than the perfect one with 1",
    ),
    "a constant": (
        replace(BODY, measure=_with(f1=1.0)),
        "the perfect output scores no better than an empty one, nor than a wrong one",
    ),
    "a need too many": (
        replace(BODY, needs=frozenset({"blocks", "snippets"})),
        "it declares that it needs 'snippets', yet it measures pages without it",
    ),
    "a need too few": (
        replace(BODY, needs=frozenset()),
        "it does not measure pages without 'blocks', yet it does not declare that it needs it",
    ),
    "an unknown need": (
        replace(BODY, needs=frozenset({"blokcs"})),  # type: ignore[arg-type]
        "it needs ['blokcs'], which no gold states: there are blocks, reference, snippets, metadata",
    ),
    "a name with a dot": (
        replace(BODY, name="my.body"),
        "its identity 'my.body.f1/2' does not parse: a name has no '.' and no '/'",
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_named(fault: str) -> None:
    metric, words = PLANTED[fault]
    assert isinstance(metric, Metric)
    found = faults(metric)
    assert len(found) == 1
    assert found[0].startswith(words)


def test_a_case_says_what_its_gold_states() -> None:
    assert CASES[0].holds == {"blocks", "reference", "snippets", "metadata"}
    bare = replace(CASES[0], gold=replace(CASES[0].gold, snippets=None, metadata={}), gold_tokens=None, reference=None)
    assert bare.holds == set()
