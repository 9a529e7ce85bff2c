"""Metrics of our own on counts and values that are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from goldspan.core.metrics import edit, leak, metadata, order, rouge, shingle
from goldspan.core.metrics.metadata import SCORES, authors_score, date_score, language_score, read_date, title_score
from goldspan.core.metrics.order import inversions, tau
from goldspan.core.metrics.token_counts import tally
from goldspan.model import FIELDS

# metadata


@pytest.mark.parametrize(
    ("gold", "given", "score"),
    [
        ("2024-05-06", "2024-05-06", 1),
        ("2024-05-06", "2024-05-07", 0),
        ("2024-05-06", "2024-06-06", 0),
        ("2024-05-06", "2023-05-06", 0),
        # As far as both state it, but to the day.
        ("2024-05-06", "2024-05-06T10:20", 1),
        ("2024-05-06T10:20", "2024-05-06", 1),
        ("2024-05-06", "2024-05", 0),
        ("2024-05", "2024-05", 1),
        ("2024-05", "2024-05-06", 1),
        ("2024-05", "2024-06-06", 0),
        ("2024-05", "2024", 0),
        ("2024", "2024", 1),
        ("2024", "2024-07-01", 1),
        ("2024", "2025-07-01", 0),
        # Both state a time: the same minute, as instants if both have an offset.
        ("2024-05-06T10:20", "2024-05-06T10:20:59", 1),
        ("2024-05-06T10:20", "2024-05-06T10:21:00", 0),
        ("2024-05-06T10:20", "2024-05-06T10:19:01", 1),
        ("2024-05-06T10:20+00:00", "2024-05-06T12:20+02:00", 1),
        ("2024-05-06T10:20+00:00", "2024-05-06T10:20+02:00", 0),
        ("2024-05-06T10:20+00:00", "2024-05-06T10:20", 1),
        ("2024-05-06T10:20", "2024-05-06T12:20+02:00", 0),
        ("2024-05-06T23:30+00:00", "2024-05-07T01:30+02:00", 1),
        # What cannot be read is compared as text.
        ("soon", " soon ", 1),
        ("soon", "later", 0),
        ("soon", "2024-05-06", 0),
    ],
)
def test_dates(gold: str, given: str, score: float) -> None:
    assert date_score(gold, given) == score


@pytest.mark.parametrize(
    ("value", "stated"),
    [
        ("2024", 1),
        ("2024-05", 2),
        ("2024-05-06", 3),
        ("2024-05-06T10", 4),
        (" 2024-05-06T10:20 ", 4),
        ("May 2024", 2),
        ("10:20", None),
        ("6 May", None),
        ("soon", None),
        ("2024-05-06T10:20+99:99", None),
        ("99999999999", None),
    ],
)
def test_how_far_a_date_is_stated(value: str, stated: int | None) -> None:
    found = read_date(value)
    assert (found and found[1]) == stated
    assert found is None or found[0].year == 2024


@pytest.mark.parametrize(
    ("field", "gold", "given", "score"),
    [
        ("title", "Heron returns", "heron, returns!", 1),
        ("title", "ab cd", "ab", 2 / 5),
        ("title", "ab", "xy", 0),
        ("authors", ["Jane Doe"], ["Doe, Jane"], 1),
        ("authors", ["Jane Doe", "Al Roe"], ["Jane Doe"], 2 / 3),
        ("authors", ["Jane Doe", "…"], ["Jane Doe", "Jane Doe"], 1),
        ("authors", ["Jane Doe"], ["Al Roe"], 0),
        ("authors", ["…"], ["-"], 1),
        ("authors", ["…"], ["Al"], 0),
        ("language", "en-GB", "EN_us", 1),
        ("language", "en", " en ", 1),
        ("language", "en", "eng", 0),
        ("publisher", "Skerry Post", "skerry  post.", 1),
        ("publisher", "Skerry Post", "Post Skerry", 0),
        ("description", "A bird.", "a bird", 1),
        ("modified", "2024-05-06", "2024-05-06", 1),
    ],
)
def test_fields(field: str, gold: object, given: object, score: float) -> None:
    assert SCORES[field](gold, given) == pytest.approx(score)


def test_every_field_has_a_score() -> None:
    assert set(SCORES) == set(FIELDS)
    assert title_score("a", "a") == authors_score([], []) == language_score("a", "a") == 1


def test_metadata_pools_each_field_over_the_pages_where_it_counts() -> None:
    """title: 1 and 0, weights 3 and 1: .75; authors: one page, .5; their mean is .625; language counts nowhere."""
    nan = float("nan")
    columns = {
        "title": np.array([1.0, 0.0]),
        "authors": np.array([0.5, nan]),
        "language": np.array([nan, nan]),
    }
    found = metadata.METRIC.pool(columns, np.array([[3.0, 1.0], [1.0, 1.0], [0.0, 1.0]]))
    assert list(found) == ["mean", "supported", "title", "authors", "fields"]
    assert found["title"].tolist() == [0.75, 0.5, 0.0]
    assert found["authors"][:2].tolist() == [0.5, 0.5]
    assert np.isnan(found["authors"][2])
    assert found["mean"][:2].tolist() == [0.625, 0.5]
    assert found["fields"].tolist() == [2.0, 2.0, 2.0]


# order


def naive(places: list[int]) -> int:
    return sum(a > b for i, a in enumerate(places) for b in places[i + 1 :])


@pytest.mark.parametrize("places", [[], [5], [1, 2], [2, 1], [3, 4, 0, 1, 2], [0, 2, 1, 3], [4, 3, 2, 1, 0]])
def test_inversions_by_hand(places: list[int]) -> None:
    assert inversions(np.array(places, dtype=np.int32)) == naive(places)


def test_inversions_of_many_runs() -> None:
    """More runs than are compared at a time, of more than one length."""
    chance = np.random.default_rng(4)
    starts = chance.permutation(1100) * 5
    places = [int(start) + i for start in starts for i in range(1 + int(start) % 3)]
    assert inversions(np.array(places, dtype=np.int32)) == naive(places)


def test_tau() -> None:
    """Of three places, 2 of 3 pairs are inverted: 1 − 4·2/6; all: −1."""
    assert tau(np.array([1, 2, 0], dtype=np.int32)) == pytest.approx(1 - 8 / 6)
    assert tau(np.array([2, 1, 0], dtype=np.int32)) == -1
    assert tau(np.array([0, 1], dtype=np.int32)) == 1


def test_pages_under_point_8_are_flagged() -> None:
    found = order.METRIC.pool({"tau": np.array([0.8, 0.79, 1.0])}, np.ones((1, 3)))
    assert {name: value.tolist() for name, value in found.items()} == {
        "tau": [pytest.approx(2.59 / 3)],
        "flagged": [pytest.approx(1 / 3)],
    }
    assert order.FLAGGED == 0.8


# leak, edit, rouge, shingle


def test_a_page_leaks_a_label_from_five_tokens_on() -> None:
    columns = {"tokens": np.array([4.0, 5.0, 6.0]), "share": np.array([4.0, 5.0, 6.0])}
    found = leak.METRIC.pool(columns, np.ones((1, 3)))
    assert {name: value.tolist() for name, value in found.items()} == {
        "tokens": [5.0],
        "share": [5.0],
        "share.pages": [pytest.approx(2 / 3)],
    }


def test_a_tally_holds_the_names_that_occur() -> None:
    assert tally(("a", "b", "c"), np.array([0, 2, 2])) == {"a": 1.0, "c": 2.0}
    assert tally((), np.array([], dtype=np.intp)) == {}


def test_constants_that_stand_in_the_guides() -> None:
    assert (edit.EXACT, shingle.SIZE, leak.LEAKS, rouge._STRIDE) == (100_000**2, 4, 5, 1024)
