"""Statistics, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from goldspan.core.stats import ALPHA, RESAMPLES, SEED, alpha_nominal, difference, holm, interval, rank_groups, resample

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


def test_p_is_the_share_of_centred_differences_that_are_as_large_plus_one() -> None:
    """.5 − .3 = .2; the differences drawn are .2 .2 .4 .0 −.3: centred 0 0 .2 −.2 −.5, of which three are as large as
    .2, so that p = (1 + 3) / (5 + 1). The sixth draw has no value."""
    drawn = np.array([0.2, 0.2, 0.4, 0.0, -0.3, NAN])
    found = difference(0.5, 0.3, drawn + 1, np.ones(6))
    assert found.value == pytest.approx(0.2)
    assert found.p == pytest.approx(4 / 6)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn[:5], [0.025, 0.975])))
    assert difference(0.3, 0.5, np.ones(6), drawn + 1).p == pytest.approx(4 / 6)


def test_p_is_never_below_one_in_the_resamples_and_one() -> None:
    assert difference(0.9, 0.1, np.full(99, 0.9), np.full(99, 0.1)).p == 0.01


def test_equal_systems_do_not_differ() -> None:
    """Nor where rounding tells their draws apart."""
    same = np.linspace(0, 1, 50)
    assert difference(0.5, 0.5, same, same + 1e-14).p == 1
    assert difference(0.1 + 0.2, 0.3, same, same).p == 1


def test_a_difference_without_a_draw() -> None:
    found = difference(0.5, 0.2, np.full(3, NAN), np.full(3, 0.2))
    assert found.value == pytest.approx(0.3)
    assert np.isnan([found.low, found.high]).all()
    assert found.p == 1


# rank groups


def draws(*values: float) -> list[Any]:
    """Figures drawn around each value: the first two systems agree up to .01, the others have noise of their own."""
    chance = np.random.default_rng(3)
    return [value + 0.01 * chance.standard_normal(1999) for value in values]


@pytest.mark.parametrize(
    ("values", "lower", "groups"),
    [
        ([0.9, 0.895, 0.5], False, [1, 1, 2]),
        ([0.9, 0.895, 0.5], True, [2, 2, 1]),
        ([0.5, 0.9, 0.895], False, [2, 1, 1]),
        ([0.1, 0.5, 0.9], False, [3, 2, 1]),
        ([0.1, 0.5, 0.9], True, [1, 2, 3]),
        ([0.7], False, [1]),
        ([], False, []),
    ],
)
def test_rank_groups(values: list[float], lower: bool, groups: list[int]) -> None:
    assert rank_groups(values, draws(*values), lower) == groups
    if not lower:
        assert rank_groups(values, draws(*values)) == groups


def test_systems_that_are_equal_share_a_group() -> None:
    same = draws(0.5)[0]
    assert rank_groups([0.5, 0.5, 0.5], [same, same, same]) == [1, 1, 1]


def test_holm_corrects_within_a_step() -> None:
    """p = 49/1000 = .049 against the best: rejected alone, but not as one of two."""
    best, beyond = np.zeros(999), np.zeros(999)
    beyond[:48] = 1.0
    worse = -0.5 + beyond * 0.6
    assert difference(0.0, -0.5, best, worse).p == pytest.approx(0.049)
    assert rank_groups([0.0, -0.5], [best, worse]) == [1, 2]
    assert rank_groups([0.0, -0.5, -0.5], [best, worse, worse]) == [1, 1, 1]


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
