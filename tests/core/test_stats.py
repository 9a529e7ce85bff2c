"""Statistics, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from goldspan.core.stats import ALPHA, RESAMPLES, SEED, alpha_nominal, holm, interval, resample

NAN = float("nan")


def test_the_defaults() -> None:
    """They stand in protocol lines and guides."""
    assert (RESAMPLES, SEED, ALPHA) == (2000, 7, 0.05)
    assert resample([("a",)]).shape == (2000, 1)
    assert (resample([("a",), ("b",), ("c",)]) == resample([("a",), ("b",), ("c",)], 2000, 7)).all()


# Holm


@pytest.mark.parametrize(
    ("p_values", "rejected"),
    [
        # The bounds are .05/4, .05/3, .05/2, .05/1: .005 and .01 pass, .03 does not, and ends it.
        ([0.01, 0.04, 0.03, 0.005], [True, False, False, True]),
        # .04 would pass the last bound, but .03 has failed the one before.
        ([0.04, 0.03], [False, False]),
        ([0.04, 0.025], [True, True]),
        # At the bound is rejected.
        ([0.05], [True]),
        ([0.0500001], [False]),
        ([0.025, 0.05], [True, True]),
        # Equal values: both meet .05/2 and .05/1; one above it fails both.
        ([0.025, 0.025], [True, True]),
        ([0.026, 0.026], [False, False]),
        ([0.026, 0.026, 0.0], [False, False, True]),
        ([], []),
    ],
)
def test_holm(p_values: list[float], rejected: list[bool]) -> None:
    assert holm(p_values) == rejected


def test_holm_at_another_level() -> None:
    assert holm([0.04, 0.1], alpha=0.1) == [True, True]
    assert holm([0.06, 0.04], alpha=0.1) == [True, True]
    assert holm([0.06, 0.06], alpha=0.1) == [False, False]


# Krippendorff's alpha


def alpha(*units: str) -> float:
    """Of units given as the labels of their ratings."""
    labels = sorted(set("".join(units)))
    counts = np.array([[unit.count(label) for label in labels] for unit in units], dtype=float)
    m = counts.sum(axis=1)
    observed = np.sum((m**2 - (counts**2).sum(axis=1)) / (m - 1))
    return float(alpha_nominal(np.array(observed), counts.sum(axis=0)))


def test_alpha_of_krippendorffs_own_example() -> None:
    """Ten units of two observers, "Content Analysis", section 12.3.1: alpha = .095."""
    first, second = "0100000010", "1110010000"
    assert alpha(*(a + b for a, b in zip(first, second, strict=True))) == pytest.approx(0.095, abs=0.0005)


def test_alpha_by_hand() -> None:
    """aa ab bb bb: observed 2; of 8 ratings, 3 a and 5 b: expected 64 − 9 − 25 = 30; alpha = 1 − 7·2/30. With three
    ratings a unit: aab bbb: observed (9 − 5)/2 = 2; 2 a, 4 b: 36 − 4 − 16 = 16; alpha = 1 − 5·2/16."""
    assert alpha("aa", "ab", "bb", "bb") == pytest.approx(1 - 14 / 30)
    assert alpha("aab", "bbb") == pytest.approx(1 - 10 / 16)
    assert alpha("aa", "bb") == 1
    assert alpha("ab", "ab") == pytest.approx(-0.5)
    assert np.isnan(alpha("aa", "aa"))


def test_alpha_of_many_at_once() -> None:
    found = alpha_nominal(np.array([2.0, 0.0, 0.0]), np.array([[3.0, 5.0], [3.0, 5.0], [8.0, 0.0]]))
    assert found[:2].tolist() == pytest.approx([1 - 14 / 30, 1])
    assert np.isnan(found[2])


# intervals and differences


def test_the_interval_is_that_of_the_percentiles() -> None:
    figures = np.arange(1001.0)
    np.random.default_rng(1).shuffle(figures)
    assert interval(figures) == (25, 975)
    assert interval(figures, alpha=0.1) == (50, 950)
    assert interval(np.append(figures, [NAN, NAN])) == (25, 975)
    assert np.isnan(interval(np.array([NAN, NAN]))).tolist() == [True, True]


# resamples


def test_clusters_are_drawn_whole_and_as_many_as_there_are() -> None:
    """Pages of one cluster have one weight, and the clusters' weights sum to their number."""
    weights = resample([("a",), ("b",), ("a",), ("c",)], 500, 1)
    assert weights.shape == (500, 4)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert weights.mean(axis=0) == pytest.approx(np.ones(4), abs=0.15)
    assert weights.std() > 0.5


def test_the_seed_alone_decides() -> None:
    clusters = [("a",), ("b",), ("c",)]
    assert (resample(clusters, 50, 1) == resample(clusters, 50, 1)).all()
    assert (resample(clusters, 50, 1) != resample(clusters, 50, 2)).any()
    assert (resample(clusters, 50, 1) == resample([("z",), ("zz",), ("zzz",)], 50, 1)).all()


def test_the_weights_of_two_ways_are_multiplied() -> None:
    """A page is drawn as often as its family times as often as its article."""
    families, articles = "ffgg", "xyxy"
    weights = resample(list(zip(families, articles, strict=True)), 400, 5)
    for row in weights:
        # (f, x)·(g, y) = (f, y)·(g, x), and the products sum to 2 · 2.
        assert row[0] * row[3] == row[1] * row[2]
        assert row.sum() == 4
    assert {0, 1, 2, 4} == set(np.unique(weights))


def test_without_pages_there_is_nothing_to_draw() -> None:
    assert resample([], 10).shape == (10, 0)
