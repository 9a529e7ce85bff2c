"""The reference of the mix, worked out by hand."""

from __future__ import annotations

import pytest

from tests.leaderboard.mix_reference import effective_pages, mix_scores, mix_weights


def test_weights_give_the_shares_that_were_asked_for() -> None:
    types = ["news"] * 20 + ["blog"] * 20
    languages = (["en"] * 15 + ["de"] * 5) * 2
    weights = mix_weights(40, [(types, {"news": 30, "blog": 10}), (languages, {"en": 1, "de": 1})])
    assert weights is not None
    assert weights[:20].sum() == pytest.approx(0.75)
    assert sum(w for w, name in zip(weights, languages, strict=True) if name == "de") == pytest.approx(0.5)
    assert effective_pages(mix_weights(40, [(types, {"news": 1, "blog": 1})])) == pytest.approx(40)  # type: ignore[arg-type]


def test_too_few_pages_and_impossible_shares_are_refused() -> None:
    types = ["news"] * 20 + ["blog"] * 9
    assert mix_weights(29, [(types, {"news": 1, "blog": 1})]) is None
    assert mix_weights(29, [(types, {"news": 0})]) is None
    apart = (["a"] * 10 + ["b"] * 10, ["x"] * 10 + ["y"] * 10)
    assert mix_weights(20, [(apart[0], {"a": 1}), (apart[1], {"y": 1})]) is None


def test_a_mix_ranks_what_is_better_on_it() -> None:
    types = ["news"] * 20 + ["blog"] * 20
    scores = {"n": [0.9] * 20 + [0.5, 0.4] * 10, "b": [0.5, 0.6] * 10 + [0.9] * 20, "none": [None] * 40}
    clusters = [(str(number),) for number in range(40)]
    for share, first in ((10, "b"), (90, "n")):
        weights = mix_weights(40, [(types, {"news": share, "blog": 100 - share})])
        assert weights is not None
        found = mix_scores(scores, weights, clusters, ["n", "b", "none"])
        assert found[first].rank == 1
        assert found["none"].rank is None
        assert found[first].low < found[first].value < found[first].high
        assert {found["n"].rank, found["b"].rank} == {1, 2}
    assert found["n"].value == pytest.approx(0.9 * 0.9 + 0.1 * 0.45)
