"""The reference of the mix, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from goldspan.core import variance
from goldspan.core.metrics.base import page_means
from goldspan.core.variance import Clusters
from goldspan.model import RankRange
from tests.leaderboard.mix_reference import effective_pages, mix_scores, mix_weights


def alone(pages: int) -> Clusters:
    """Every page is of its own cluster."""
    return Clusters.of([(str(number),) for number in range(pages)])


def test_weights_give_the_shares_that_were_asked_for() -> None:
    types = ["news"] * 40 + ["blog"] * 40
    languages = (["en"] * 30 + ["de"] * 10) * 2
    weights = mix_weights(80, [(types, {"news": 30, "blog": 10}), (languages, {"en": 1, "de": 1})])
    assert weights is not None
    assert weights[:40].sum() == pytest.approx(0.75)
    assert sum(w for w, name in zip(weights, languages, strict=True) if name == "de") == pytest.approx(0.5)
    assert effective_pages(mix_weights(80, [(types, {"news": 1, "blog": 1})])) == 80  # type: ignore[arg-type]


def test_too_few_pages_and_impossible_shares_are_refused() -> None:
    types = ["news"] * 20 + ["blog"] * 19
    assert mix_weights(39, [(types, {"news": 1})]) is not None
    assert mix_weights(39, [(types, {"news": 1, "blog": 1})]) is None
    assert mix_weights(39, [(types, {"news": 0})]) is None
    apart = (["a"] * 20 + ["b"] * 20, ["x"] * 20 + ["y"] * 20)
    assert mix_weights(40, [(apart[0], {"a": 1}), (apart[1], {"y": 1})]) is None


def test_a_mix_ranks_what_is_better_on_it() -> None:
    types = ["news"] * 30 + ["blog"] * 30
    scores = {"n": [0.9] * 30 + [0.5, 0.4] * 15, "b": [0.5, 0.6] * 15 + [0.9] * 30, "none": [None] * 60}
    for share, first, second in ((20, "b", "n"), (80, "n", "b")):
        weights = mix_weights(60, [(types, {"news": share, "blog": 100 - share})])
        assert weights is not None
        found = mix_scores(scores, weights, alone(60), ["n", "b", "none"])
        assert (found[first].rank, found[second].rank) == (RankRange(1, 1), RankRange(2, 2))
        assert found["none"].rank is found["none"].low is None
        low, high = found[first].low, found[first].high
        assert low is not None
        assert high is not None
        assert low < found[first].value < high
    assert found["n"].value == pytest.approx(0.8 * 0.9 + 0.2 * 0.45)


@pytest.mark.parametrize("ways", [1, 2])
def test_equal_weights_give_what_the_core_gives(ways: int) -> None:
    rng = np.random.default_rng(3)
    values = {"a": rng.beta(8, 1, 120), "b": rng.beta(6, 1, 120), "c": rng.beta(7, 1, 120)}
    clusters = Clusters.of([(f"f{page % 13}", f"a{page % 11}")[:ways] for page in range(120)])
    found = mix_scores({name: list(one) for name, one in values.items()}, np.full(120, 1 / 120), clusters, list(values))
    everywhere = np.ones(120, dtype=np.bool_)
    wanted = [variance.estimate(page_means, {"f1": one}, everywhere)["f1"] for one in values.values()]
    assert [one.rank for one in found.values()] == list(variance.rank(wanted, clusters).ranges)
    for mixed, one in zip(found.values(), wanted, strict=True):
        assert (mixed.low, mixed.high) == pytest.approx(variance.interval(one, clusters))


@pytest.mark.parametrize(("pages", "clusters"), [(19, 19), (40, 9)])
def test_too_few_pages_or_clusters_have_no_interval_and_no_rank(pages: int, clusters: int) -> None:
    def ranked(pages: int, clusters: int) -> Sequence[object]:
        codes = Clusters.of([(str(number % clusters),) for number in range(pages)])
        found = mix_scores({"a": [0.5, 0.7] * 20}, np.eye(40)[:pages].sum(axis=0) / pages, padded(codes, 40), ["a"])
        return found["a"].low, found["a"].rank

    def padded(codes: Clusters, to: int) -> Clusters:
        return Clusters(tuple(np.pad(way, (0, to - len(way))) for way in codes.ways))

    assert ranked(pages, clusters) == (None, None)
    assert None not in ranked(20, 10)
