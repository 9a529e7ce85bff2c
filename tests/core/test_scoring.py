"""From samples and predictions to a result, on pages and figures that are worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from goldspan.core.metrics import find_metric
from goldspan.core.metrics.base import Case, Metric, page_means, ratio
from goldspan.core.scoring import (
    Measured,
    case_of,
    clusters_of,
    compare,
    headline_of,
    measure_sample,
    summarise,
)
from goldspan.core.variance import FEWEST_CLUSTERS, FEWEST_PAGES
from goldspan.data.schema import load_policy
from goldspan.errors import UsageError
from goldspan.model import About, Extraction, Gold, GoldBlock, Page, Prediction, Result, Row, Sample, Speed, System

NEUTRAL = load_policy("neutral")
ONE, TWO, THREE = (System(name, "1") for name in ("one", "two", "three"))
Values = Mapping[str, float] | None

# measuring a sample

BLOCKS = (GoldBlock("Home News", "navigation"), GoldBlock("The heron came back today", "body", "p"))


def sample(**gold: object) -> Sample:
    return Sample(Page("page", b""), Gold(**gold))  # type: ignore[arg-type]


def prediction(text: str, format: str = "text") -> Prediction:
    return Prediction("one@1", "page", "ok", Extraction(text, format))  # type: ignore[arg-type]


def measured_of(of: Sample, *predictions: Prediction | None, metrics: Sequence[str] = ("body",)) -> Measured:
    systems = [System(str(number), "1") for number in range(len(predictions))]
    return measure_sample(of, systems, predictions, NEUTRAL, [find_metric(name) for name in metrics])


def test_every_system_is_measured_in_order_and_a_missing_prediction_is_an_error() -> None:
    failed = Prediction("2@1", "page", "timeout")
    found = measured_of(sample(blocks=BLOCKS), prediction("The heron came"), None, failed)
    assert (found.id, found.about, found.left_out, found.markup) == ("page", About(), None, (False,) * 3)
    assert [row.status for row in found.rows] == ["ok", "error", "timeout"]
    assert [row.id for row in found.rows] == ["page"] * 3
    zero = {"f1": 0.0, "precision": 0.0, "recall": 0.0}
    assert [row.values["body"] for row in found.rows] == [{"f1": 6 / 8, "precision": 1.0, "recall": 3 / 5}, zero, zero]


def test_a_metric_is_not_asked_where_the_gold_lacks_what_it_needs() -> None:
    def measure(case: Case) -> dict[str, float]:
        return {"count": float(len(case.gold.snippets.wanted))}  # type: ignore[union-attr]

    metric = Metric("mine", 1, "count", frozenset({"snippets"}), measure, page_means, "Mine.")
    found = measure_sample(sample(blocks=BLOCKS), [ONE], [prediction("x")], NEUTRAL, [metric])
    assert found.rows[0].values == {"mine": None}


def test_a_page_without_blocks_says_why_it_is_left_out() -> None:
    found = measured_of(sample(reference="x", coverage=0.254), prediction("x"), metrics=("body", "words"))
    assert found.left_out == "only 25% of its gold text stands on the page"
    assert found.rows[0].values == {"body": None, "words": {"f1": 1.0, "precision": 1.0, "recall": 1.0}}
    assert measured_of(sample(reference="x"), prediction("x")).left_out is None
    assert measured_of(sample(blocks=BLOCKS, coverage=0.9), prediction("x")).left_out is None


def test_the_reference_is_the_corpus_own_else_the_content() -> None:
    page = sample(blocks=BLOCKS)
    assert measured_of(page, prediction("The heron came back today"), metrics=("edit",)).rows[0].values["edit"] == {
        "similarity": 1.0,
        "bound": 0.0,
    }
    own = case_of(Gold(reference=""), prediction("x"), ONE, NEUTRAL, None)
    assert (own.reference, own.text, own.alignment, own.fields) == ("", "x", None, ())
    assert case_of(Gold(), None, ONE, NEUTRAL, None).reference is None


@pytest.mark.parametrize(
    ("piece", "count", "is_marked"),
    [
        ("https://a.example ", 10, True),
        ("http://a.example ", 10, True),
        ("[a](b) ", 10, True),
        ("<p> ", 10, True),
        ("</DIV> ", 10, True),
        ("<a title='x'> ", 9, False),
        ("a < b > c ", 50, False),
        ("<p" + "x " * 101 + "> ", 10, False),
    ],
)
def test_an_output_full_of_markup_declared_as_text_is_noted(piece: str, count: int, is_marked: bool) -> None:
    """From ten pieces of it on."""
    page = sample(blocks=BLOCKS)
    assert measured_of(page, prediction(piece * count)).markup == (is_marked,)
    assert measured_of(page, prediction(piece * count, "markdown")).markup == (False,)


# clusters


def test_what_pages_are_clustered_by() -> None:
    site, alone = About(site="a.example"), About()
    assert clusters_of([site, site, alone], ["x", "y", "z"]) == [("a.example",), ("a.example",), ("z",)]
    composed = About(family="f", article="heron")
    assert clusters_of([composed, site, alone], ["x", "y", "z"]) == [("f", "heron"), ("a.example", "y"), ("z", "z")]
    half = About(family="f", site="a.example")
    assert clusters_of([half], ["x"]) == [("a.example",)]
    assert clusters_of([half, composed], ["x", "y"]) == [("f", "x"), ("f", "heron")]
    assert clusters_of([About(article="heron")], ["x"]) == [("x",)]


# pooling

PLAIN = Metric("plain", 1, "value", frozenset(), lambda case: None, page_means, "A page's value.")
LOWER = replace(PLAIN, name="lower", lower_is_better=True)


def pages(*columns: Sequence[float | None], metric: str = "plain", **more: object) -> list[Measured]:
    """Pages with a value for each system; a column a system."""
    found = []
    for number, values in enumerate(zip(*columns, strict=True)):
        name = f"p{number:02}"
        kept: list[Values] = [None if value is None else {"value": value} for value in values]
        rows = tuple(Row(name, "ok", {metric: value}) for value in kept)
        found.append(Measured(name, About(), rows, (False,) * len(values), **more))  # type: ignore[arg-type]
    return found


def summary(measured: Sequence[Measured], metric: Metric = PLAIN, **more: object) -> Result:
    systems = (ONE, TWO, THREE)[: len(measured[0].rows)]
    return summarise("c@1", measured, systems, NEUTRAL, [metric], **more)  # type: ignore[arg-type]


def ranks(result: Result) -> list[str | None]:
    return [None if system.rank is None else str(system.rank) for system in result.systems]


def values(count: int, mean: float, step: float = 0.001) -> list[float]:
    return [mean + step * (number - (count - 1) / 2) for number in range(count)]


def test_systems_are_ranked_from_enough_pages_and_clusters_on() -> None:
    assert (FEWEST_PAGES, FEWEST_CLUSTERS) == (20, 10)
    for count, expected in ((19, [None, None]), (20, ["1", "2"])):
        assert ranks(summary(pages(values(count, 0.9), values(count, 0.5)))) == expected
    for clusters, expected in ((9, [None, None]), (10, ["1", "2"])):
        measured = [
            replace(page, about=About(site=f"site{number % clusters}"))
            for number, page in enumerate(pages(values(40, 0.9), values(40, 0.5)))
        ]
        assert ranks(summary(measured)) == expected


def test_a_system_with_fewer_pages_is_not_ranked_and_the_others_are() -> None:
    few = [*values(19, 0.99), None]
    found = summary(pages(values(20, 0.5), few, values(20, 0.9)))
    assert ranks(found) == ["2", None, "1"]
    assert found.systems[1].scores["plain.value"].n == 19
    assert found.systems[1].scores["plain.value"].low is None


def test_the_lower_is_better_where_the_metric_says_so() -> None:
    columns = (values(24, 0.9), values(24, 0.5))
    assert ranks(summary(pages(*columns))) == ["1", "2"]
    assert ranks(summary(pages(*columns, metric="lower"), LOWER)) == ["2", "1"]


def test_systems_that_are_not_told_apart_share_their_ranks() -> None:
    assert ranks(summary(pages(values(24, 0.5), values(24, 0.5), values(24, 0.1)))) == ["1–2", "1–2", "3"]


def test_a_result_holds_what_it_was_made_from() -> None:
    measured = pages([0.5, 0.7], [0.1, None])
    measured[1] = replace(measured[1], left_out="because")
    failed = replace(measured[0].rows[1], status="timeout")
    measured[0] = replace(measured[0], rows=(measured[0].rows[0], failed))
    found = summary(
        list(reversed(measured)),
        speeds={"one@1": Speed(median_ms=2.0)},
        warnings={"two@1": ["slow"]},
        environment={"python": "3"},
    )
    assert found.protocol == (
        "c@1|n:2|text:whatwg-text/1|tok:2|align:2|policy:neutral|metric:plain.value/1|fail:0|ci:cluster-t/1"
    )
    assert (found.headline, found.by) == ("plain.value", None)
    assert (found.left_out, found.environment) == ({"p01": "because"}, {"python": "3"})
    one, two = found.systems
    assert [row.id for row in one.rows] == ["p00", "p01"]
    assert (one.system, two.system) == (ONE, TWO)
    assert one.scores["plain.value"].value == pytest.approx(0.6)
    assert (one.scores["plain.value"].n, two.scores["plain.value"].n) == (2, 1)
    assert (one.scores["plain.value"].low, one.scores["plain.value"].high) == (None, None)
    assert two.scores["plain.value"].value == pytest.approx(0.1)
    assert (one.failures, two.failures) == ({}, {"timeout": 1})
    assert (one.speed, two.speed) == (Speed(median_ms=2.0), Speed())
    assert (one.warnings, two.warnings) == ((), ("slow",))
    assert (one.strata, two.strata) == ({}, {})


def test_a_system_that_a_metric_never_applies_to_has_no_figure_and_no_rank() -> None:
    found = summary(pages(values(20, 0.5), [None] * 20))
    assert found.systems[1].scores == {}
    assert ranks(found) == ["1", None]


def test_a_figure_that_is_not_defined_has_no_value() -> None:
    metric = replace(PLAIN, pool=lambda columns, weights: {"value": np.full(len(weights), np.nan)})
    found = summary(pages(values(10, 0.5)), metric)
    assert (found.systems[0].scores["plain.value"].value, found.systems[0].scores["plain.value"].n) == (None, 10)
    assert found.systems[0].scores["plain.value"].low is None
    assert ranks(found) == [None]


def test_a_value_that_a_page_lacks_counts_as_0() -> None:
    measured = pages([0.5, 0.7])
    measured[1] = replace(measured[1], rows=(Row("p01", "ok", {"plain": {"value": 0.7, "extra": 3.0}}),))
    assert summary(measured).systems[0].scores["plain.extra"].value == 1.5


def test_the_headline_is_the_first_metric_that_applies() -> None:
    measured = [replace(page, rows=tuple(replace(r, values={"other": None, **r.values}) for r in page.rows))
                for page in pages([None, 0.7], [None, None])]  # fmt: skip
    other = replace(PLAIN, name="other")
    assert headline_of([other, PLAIN], measured) is PLAIN
    with pytest.raises(UsageError) as caught:
        headline_of([other, replace(other, name="plain")], measured[:1])
    assert str(caught.value) == (
        "none of the metrics other, plain applies to this corpus. Choose another with --metric."
    )


def test_strata() -> None:
    """The headline by language, each from its own pages; what is not known is "unknown"."""
    measured = pages([0.2, 0.4, 0.9, None], [0.1] * 4)
    languages = ("en", "en", None, "de")
    measured = [
        replace(page, about=About(language=language)) for page, language in zip(measured, languages, strict=True)
    ]
    found = summary(measured, by="language")
    assert found.by == "language"
    strata = found.systems[0].strata
    assert list(strata) == ["de", "en", "unknown"]
    assert strata["en"].value == pytest.approx(0.3)
    assert [strata[name].n for name in strata] == [0, 2, 1]
    assert strata["de"].value is None
    assert strata["unknown"].value == pytest.approx(0.9)


@pytest.mark.parametrize(("marked", "warns"), [(0, False), (2, False), (3, True)])
def test_more_than_a_tenth_of_outputs_full_of_markup_is_warned_of(marked: int, warns: bool) -> None:
    measured = [
        replace(page, markup=(number < marked, False))
        for number, page in enumerate(pages(values(20, 0.5), values(20, 0.5)))
    ]
    words = (
        "3 of 20 outputs declared as text are full of URLs or markup, which counts as invented: declare the format as "
        "markdown or html"
    )
    one, two = summary(measured).systems
    assert one.warnings == ((words,) if warns else ())
    assert two.warnings == ()


# comparing


def test_all_pairs_are_compared_the_better_system_first() -> None:
    measured = pages(values(12, 0.5), values(12, 0.9), values(12, 0.5))
    pairs = compare(measured, [ONE, TWO, THREE], PLAIN)
    assert [(pair.first, pair.second, pair.significant) for pair in pairs] == [
        ("two@1", "one@1", True),
        ("two@1", "three@1", True),
        ("one@1", "three@1", False),
    ]
    assert pairs[0].difference.value == pytest.approx(0.4)
    assert pairs[2].difference.p == 1
    pairs = compare(pages(values(12, 0.5), values(12, 0.9), metric="lower"), [ONE, TWO], LOWER)
    assert [(pair.first, pair.second) for pair in pairs] == [("one@1", "two@1")]
    assert pairs[0].difference.value == pytest.approx(-0.4)


def test_a_system_without_a_figure_is_in_no_pair() -> None:
    assert compare(pages([None] * 3, [0.1] * 3), [ONE, TWO], PLAIN) == []


def test_the_interval_of_a_difference_needs_more_pages_than_its_p() -> None:
    for count, is_shown in ((79, False), (80, True)):
        (pair,) = compare(pages(values(count, 0.9), values(count, 0.5, step=-0.001)), [ONE, TWO], PLAIN)
        assert pair.significant
        assert np.isnan(pair.difference.low) == (not is_shown)


def test_the_order_of_the_pages_does_not_matter() -> None:
    measured = pages(values(90, 0.5, step=0.005), values(90, 0.52, step=-0.004))
    assert compare(measured, [ONE, TWO], PLAIN) == compare(measured[::-1], [ONE, TWO], PLAIN)
    assert summary(measured) == summary(measured[::-1])


# the tools of pooling


def test_ratio_and_page_means() -> None:
    assert ratio(np.array([1.0, 2.0, 0.0]), np.array([2.0, 0.0, 0.0])).tolist() == [0.5, 0.0, 0.0]
    assert ratio(np.array(1.0), np.array([2.0, -4.0])).tolist() == [0.5, -0.25]
    found = page_means({"a": np.array([1.0, 4.0])}, np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 0.0]]))["a"]
    assert found[:2].tolist() == [2.5, 1.0]
    assert np.isnan(found[2])
