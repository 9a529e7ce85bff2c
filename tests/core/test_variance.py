"""Variance by cluster, intervals, paired differences and ranks: worked by hand, and what must hold for any."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldspan.core import student_t, variance
from goldspan.core.metrics import REGISTRY, find_metric
from goldspan.core.metrics.base import Array, Columns, page_means
from goldspan.core.variance import Clusters, Estimate, RankRange, difference, estimate, influences, interval, rank

SITES = Clusters.of([("a",), ("a",), ("b",), ("c",)])
PAGES = 12
UNIT = st.integers(0, 10_000).map(lambda value: value / 10_000)


def of_means(values: Sequence[float]) -> Estimate:
    """The mean of a column of page values."""
    column = np.array(values, dtype=np.float64)
    return estimate(page_means, {"f1": column}, np.ones(len(column), dtype=np.bool_))["f1"]


def alone(pages: int) -> Clusters:
    return Clusters.of([(str(page),) for page in range(pages)])


class TestStudentT:
    @pytest.mark.parametrize(
        ("degrees", "five", "one"),
        [
            (1, 12.706, 63.657),
            (2, 4.303, 9.925),
            (3, 3.182, 5.841),
            (5, 2.571, 4.032),
            (10, 2.228, 3.169),
            (31, 2.040, 2.744),
            (60, 2.000, 2.660),
            (120, 1.980, 2.617),
            (10**7, 1.960, 2.576),
        ],
    )
    def test_quantiles_of_the_tables(self, degrees: int, five: float, one: float) -> None:
        """The two-sided 5 % and 1 % points that every statistics book prints."""
        assert student_t.quantile(0.05, degrees) == pytest.approx(five, abs=6e-4)
        assert student_t.quantile(0.01, degrees) == pytest.approx(one, abs=6e-4)

    @given(st.floats(-1e6, 1e6))
    def test_one_and_two_degrees_have_closed_forms(self, t: float) -> None:
        """Cauchy's distribution at 1, and an algebraic one at 2, however far out."""
        assert student_t.tail(t, 1) == pytest.approx(2 / np.pi * np.arctan2(1, abs(t)), rel=1e-11)
        root = sqrt(2 + t * t)
        assert student_t.tail(t, 2) == pytest.approx(2 / (root * (root + abs(t))), rel=1e-11)

    @given(st.floats(1e-9, 0.999), st.integers(1, 5000))
    def test_the_quantile_inverts_the_tail(self, alpha: float, degrees: int) -> None:
        assert student_t.tail(student_t.quantile(alpha, degrees), degrees) == pytest.approx(alpha, rel=1e-8)

    def test_the_ends(self) -> None:
        """No distance has probability 1, an infinite one 0."""
        assert student_t.tail(0, 4) == 1
        assert student_t.tail(-inf, 4) == student_t.tail(inf, 4) == 0
        assert 0 < student_t.tail(40, 100) < 1e-60


class TestInfluence:
    def test_a_mean(self) -> None:
        found = influences(page_means, {"f1": np.array([1.0, 0.5, 0.0])})
        assert found["f1"] == pytest.approx([0.5 / 3, 0, -0.5 / 3])

    def test_a_mean_by_differences(self) -> None:
        """A pool that is not recognised as a mean is differentiated, to the same numbers."""

        def other(columns: Columns, weights: Array) -> dict[str, Array]:
            return page_means(columns, weights)

        columns = {"f1": np.linspace(0, 1, 7) ** 2, "tokens": np.arange(7.0) * 40}
        expected, found = influences(page_means, columns), influences(other, columns)
        for name in columns:
            assert found[name] == pytest.approx(expected[name], rel=1e-6, abs=1e-10)

    def test_a_ratio_of_sums(self, generator: np.random.Generator) -> None:
        """For R = Σa / Σb it is (a - R·b) / Σb; here the snippets' precision."""
        counts = {name: generator.integers(0, 9, 40).astype(np.float64) for name in ("tp", "fp", "fn", "tn")}
        a, b = counts["tp"], counts["tp"] + counts["fp"]
        found = influences(find_metric("snippets").pool, counts)["precision"]
        assert found == pytest.approx((a - a.sum() / b.sum() * b) / b.sum(), rel=1e-6, abs=1e-10)

    def test_the_f1_of_two_means(self, generator: np.random.Generator) -> None:
        """Shingle's F1 = 2PR / (P + R), where each mean is over its own pages."""
        n = 40
        columns = {name: generator.uniform(0, 1, n) for name in ("tp", "fp", "fn", "precision", "recall", "accuracy")}
        for name in ("tp", "fp", "precision", "recall"):
            columns[name][:5] = 0  # empty outputs have no precision
        taking = columns["tp"] + columns["fp"] > 0
        p = columns["precision"][taking].mean()
        r = columns["recall"].mean()
        of_p = np.where(taking, columns["precision"] - p, 0) / taking.sum()
        of_r = (columns["recall"] - r) / n
        expected = 2 * (r**2 * of_p + p**2 * of_r) / (p + r) ** 2
        found = influences(find_metric("shingle").pool, columns)["f1"]
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-10)

    def test_chunks_make_no_difference(self, generator: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
        counts = {name: generator.integers(0, 9, 17).astype(np.float64) for name in ("tp", "fp", "fn", "tn")}
        pool = find_metric("snippets").pool
        whole = influences(pool, counts)
        monkeypatch.setattr(variance, "_CELLS", 17 * 2 * 4)
        assert {name: list(part) for name, part in influences(pool, counts).items()} == {
            name: list(part) for name, part in whole.items()
        }

    @pytest.mark.parametrize("name", REGISTRY)
    def test_every_metric_has_them(self, name: str, generator: np.random.Generator) -> None:
        """They sum to 0, since twice the weight everywhere changes no figure, and foretell what a page's loss does."""
        columns = columns_of(name, generator)
        pool = find_metric(name).pool
        found = influences(pool, columns)
        pages = len(next(iter(columns.values())))
        whole = pool(columns, np.ones((1, pages)))
        assert found.keys() == whole.keys()
        weights = 1 + 1e-4 * generator.standard_normal((1, pages))
        moved = pool(columns, weights)
        for figure, influence in found.items():
            assert influence.sum() == pytest.approx(0, abs=1e-8)
            change = float(influence @ (weights[0] - 1))
            assert float((moved[figure] - whole[figure])[0]) == pytest.approx(change, abs=1e-6)

    def test_a_column_s_nan_takes_the_page_out_of_that_figure(self) -> None:
        """A metadata field that counts on three of four pages has clusters of three."""
        columns = {"title": np.array([1.0, 0.0, nan, 1.0]), "authors": np.ones(4)}
        taking = np.array([True, False, True, True, True])
        found = estimate(find_metric("metadata").pool, columns, taking)
        assert found["title"].taking.tolist() == [True, False, True, False, True]
        assert found["title"].pages == 3
        assert found["authors"].pages == found["mean"].pages == 4
        assert found["title"].influence == pytest.approx([1 / 9, 0, -2 / 9, 0, 1 / 9], abs=1e-9)


def columns_of(name: str, generator: np.random.Generator) -> dict[str, Array]:
    """Columns as the metric's ``measure`` could have made them."""
    pages = 30
    names = {
        "shingle": ("tp", "fp", "fn", "precision", "recall", "accuracy"),
        "snippets": ("tp", "fp", "fn", "tn"),
        "metadata": ("title", "authors", "published"),
        "order": ("tau",),
    }.get(name, ("f1", "precision", "tokens"))
    columns = {column: generator.uniform(0, 1, pages) for column in names}
    if name == "metadata":
        columns["title"][::4] = nan
    return columns


class TestVariance:
    def test_one_way_by_hand(self) -> None:
        """Values 1, 0, .5, .5 on sites a, a, b, c: the clusters add up to 0, so there is no variance between them."""
        assert variance.variance(of_means([1, 0, 0.5, 0.5]).influence, SITES) == pytest.approx(0, abs=1e-20)
        found = variance.variance(of_means([1, 1, 0, 0]).influence, SITES)  # sums of 1/4, -1/8, -1/8
        assert found == pytest.approx((1 / 16 + 2 / 64) * 3 / 2)

    def test_pages_of_their_own_have_the_textbook_s_variance(self) -> None:
        """Then it is that of a mean: s² / n."""
        values = [0.2, 0.9, 0.4, 0.7, 1.0]
        assert variance.variance(of_means(values).influence, alone(5)) == pytest.approx(np.var(values, ddof=1) / 5)

    def test_two_ways_by_hand(self) -> None:
        """Families and articles add up to their sum less the pages', each with its own factor."""
        clusters = Clusters.of([("f", "x"), ("f", "y"), ("g", "x"), ("g", "z")])
        found = variance.variance(of_means([1, 1, 0, 0]).influence, clusters)
        by_family = (1 / 4**2 + 1 / 4**2) * 2  # ± 1/8 a page
        by_article = (0 + 1 / 8**2 + 1 / 8**2) * 3 / 2
        by_page = 4 / 8**2 * 4 / 3
        assert found == pytest.approx(max(by_family, by_family + by_article - by_page))

    def test_pages_that_share_both_are_taken_off_once(self) -> None:
        """If every family is an article, the two ways are one: V + V - V."""
        names = ["a", "a", "b", "c", "c"]
        influence = of_means([1, 0.5, 0, 0.25, 1]).influence
        twice = variance.variance(influence, Clusters.of([(name, name) for name in names]))
        assert twice == pytest.approx(variance.variance(influence, Clusters.of([(name,) for name in names])))

    @given(st.lists(st.tuples(UNIT, st.sampled_from("abc"), st.sampled_from("vwxyz")), min_size=2, max_size=PAGES))
    def test_two_ways_are_never_below_the_larger_one(self, pages: list[tuple[float, str, str]]) -> None:
        influence = of_means([value for value, _, _ in pages]).influence
        one_way = [variance.variance(influence, Clusters.of([(page[way],) for page in pages])) for way in (1, 2)]
        found = variance.variance(influence, Clusters.of([page[1:] for page in pages]))
        if any(map(isnan, one_way)):
            assert isnan(found)
        else:
            assert found >= max(one_way)

    def test_a_single_cluster_has_none(self) -> None:
        """Nothing is known of other clusters, in whichever way it is the only one."""
        found = of_means([1, 0, 1])
        for names in ([("a",)] * 3, [("f", "x"), ("f", "y"), ("f", "z")]):
            clusters = Clusters.of(names)
            assert isnan(variance.variance(found.influence, clusters))
            assert all(map(isnan, interval(found, clusters)))
            one = difference(found, of_means([0, 0, 0]), clusters)
            assert (one.value, one.p) == (pytest.approx(2 / 3), 1.0)
            assert isnan(one.low)
            assert isnan(one.high)


class TestInterval:
    def test_by_hand(self) -> None:
        """Four pages of mean .5 and two more, one right, one wrong: log-odds 0 ± t(2 degrees) · error / .25."""
        found = of_means([0.6, 0.6, 0.4, 0.4])
        error = sqrt(16 * (1 / 16 + 2 / 64) * 3 / 2 / 25 + 0.25 + 0.25) / 6
        half = student_t.quantile(0.05, 2) * error / 0.25
        assert interval(found, SITES) == pytest.approx((1 / (1 + np.exp(half)), 1 / (1 + np.exp(-half))))

    def test_without_an_upper_end_by_hand(self) -> None:
        """Tokens a page: value ± t · error, cut at 0."""
        half = student_t.quantile(0.05, 2) * sqrt((1 / 16 + 2 / 64) * 3 / 2)
        assert interval(of_means([9, 9, 8, 8]), SITES, (0, inf)) == pytest.approx((8.5 - half, 8.5 + half))
        assert interval(of_means([1, 1, 0, 0]), SITES, (0, inf)) == pytest.approx((0, 0.5 + half))

    def test_no_variance_is_no_certainty(self) -> None:
        """300 pages without a fault say that faults are rare, not that there are none."""
        low, high = interval(of_means([1.0] * 300), alone(300))
        assert 0.97 < low < 0.99
        assert high == 1
        assert interval(of_means([0.0] * 300), alone(300)) == pytest.approx((0, 1 - low))
        assert interval(of_means([7.0] * 4), SITES, (0, inf)) == (7, 7)

    def test_another_range(self) -> None:
        """Kendall's tau: the same interval, stretched."""
        shares = [0.9, 0.4, 0.7, 0.2]
        low, high = interval(of_means(shares), SITES)
        found = interval(of_means([2 * share - 1 for share in shares]), SITES, (-1, 1))
        assert found == pytest.approx((2 * low - 1, 2 * high - 1))

    @given(st.lists(UNIT, min_size=2, max_size=PAGES))
    def test_it_stays_in_the_range_and_holds_the_figure(self, values: list[float]) -> None:
        found = of_means(values)
        low, high = interval(found, alone(len(values)))
        assert 0 <= low <= found.value <= high <= 1
        assert low < high

    def test_many_pages_come_to_the_textbook_s(self, generator: np.random.Generator) -> None:
        """Neither the log-odds nor the two pages matter where much is known."""
        values = generator.uniform(0, 1, 10_000)
        half = 1.96 * float(values.std(ddof=1)) / 100
        found = interval(of_means(list(values)), alone(10_000))
        assert found == pytest.approx((values.mean() - half, values.mean() + half), abs=5e-5)

    def test_a_figure_that_is_not_defined_has_none(self) -> None:
        assert all(map(isnan, interval(variance.nowhere(4), SITES)))

    def test_pages_that_take_no_part_do_not_count(self) -> None:
        """The same figure over the pages that are left, whatever stands beside them."""
        taking = np.array([True, True, False, True, True])
        found = estimate(page_means, {"f1": np.array([0.2, 0.4, 0.6, 0.4])}, taking)["f1"]
        clusters = Clusters.of([("a",), ("b",), ("z",), ("c",), ("c",)])
        inside = Clusters.of([("a",), ("b",), ("c",), ("c",)])
        assert interval(found, clusters) == interval(of_means([0.2, 0.4, 0.6, 0.4]), inside)

    def test_what_is_enough(self) -> None:
        """Pages and clusters both, in the way that has fewer, and only of pages that take part."""
        twenty = of_means([0.5] * 20)
        assert variance.enough(twenty, alone(20))
        assert not variance.enough(twenty, alone(20), variance.FEWEST_PAGES_COMPARED)
        assert not variance.enough(of_means([0.5] * 19), alone(19))
        assert variance.enough(twenty, Clusters.of([(str(page % 10), str(page)) for page in range(20)]))
        assert not variance.enough(twenty, Clusters.of([(str(page % 9), str(page)) for page in range(20)]))
        some = Estimate(0.5, np.zeros(20), np.arange(20) > 0)
        assert not variance.enough(some, alone(20))
        assert not variance.enough(variance.nowhere(20), alone(20))


class TestDifference:
    def test_it_is_paired(self) -> None:
        """A constant gain on every page is certain, however much the pages differ."""
        first, second = of_means([0.1, 0.9, 0.4, 0.6]), of_means([0.0, 0.8, 0.3, 0.5])
        one = difference(first, second, SITES)
        assert (one.value, one.low, one.high) == pytest.approx((0.1, 0.1, 0.1))
        assert one.p == 0

    def test_no_difference_and_no_variance(self) -> None:
        found = of_means([0.1, 0.9, 0.4, 0.6])
        assert difference(found, of_means([0.1, 0.9, 0.4, 0.6]), SITES) == variance.Difference(0, 0, 0, 1)

    def test_it_is_the_paired_t_test_where_pages_are_alone(self) -> None:
        """Student's own data (sleep, 1908): t = 4.0621 at 9 degrees of freedom, p = .002833."""
        first = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
        second = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
        one = difference(of_means(first), of_means(second), alone(10), (-inf, inf))
        assert (one.value, one.low, one.high, one.p) == pytest.approx((1.58, 0.7001142, 2.4598858, 0.002832890))

    def test_it_goes_below_nothing_the_range_allows(self) -> None:
        one = difference(of_means([1, 1, 0, 0]), of_means([0, 0, 1, 1]), SITES)
        assert (one.low, one.high) == (-1, 1)

    @given(st.lists(st.tuples(UNIT, UNIT, st.sampled_from("abcd")), min_size=2, max_size=PAGES), st.randoms())
    def test_the_order_of_pages_and_of_systems_makes_no_difference(
        self, pages: list[tuple[float, float, str]], random: object
    ) -> None:
        def compared(pages: Sequence[tuple[float, float, str]], swapped: bool = False) -> variance.Difference:
            sides = [of_means([page[side] for page in pages]) for side in (0, 1)]
            first, second = sides[::-1] if swapped else sides
            return difference(first, second, Clusters.of([page[2:] for page in pages]))

        shuffled = list(pages)
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        one, other, turned = compared(pages), compared(shuffled), compared(pages, swapped=True)
        assert numbers(other) == pytest.approx(numbers(one), abs=1e-8, nan_ok=True)
        assert numbers(turned) == pytest.approx((-one.value, -one.high, -one.low, one.p), abs=1e-12, nan_ok=True)


def numbers(one: variance.Difference) -> tuple[float, float, float, float]:
    return one.value, one.low, one.high, one.p


def ranges(columns: Sequence[Sequence[float]], clusters: Clusters, **options: bool) -> list[str]:
    return [str(one) for one in rank([of_means(column) for column in columns], clusters, **options).ranges]


class TestRanks:
    def test_one_that_is_right_everywhere_and_many_that_are_never(self) -> None:
        """p has no floor: 102 systems are 5,151 pairs, and the best is still told from the rest."""
        columns = [[1.0] * 20] + [[0.0] * 20] * 101
        assert ranges(columns, alone(20)) == ["1"] + ["2–102"] * 101

    def test_ranges_overlap_and_keep_the_order(self) -> None:
        """The middle one differs from neither, the outer two from each other."""
        noise = np.tile([0.06, -0.06], 10)
        first, last = 0.55 + noise * 0.1, 0.5 + noise * 0.1
        middle = 0.525 - noise * 2
        found = rank([of_means(list(column)) for column in (last, middle, first)], alone(20))
        assert found.order == (2, 1, 0)
        assert found.ranges == (RankRange(2, 3), RankRange(1, 3), RankRange(1, 2))
        assert [(pair.first, pair.second, pair.significant) for pair in found.pairs] == [
            (2, 1, False),
            (2, 0, True),
            (1, 0, False),
        ]

    def test_lower_can_be_better(self) -> None:
        columns = [[0.5] * 8, [0.1] * 8, [0.9] * 8]
        assert ranges(columns, alone(8)) == ["2", "3", "1"]
        assert ranges(columns, alone(8), lower_is_better=True) == ["2", "1", "3"]

    def test_one_system_and_none(self) -> None:
        assert ranges([[0.1, 0.2]], alone(2)) == ["1"]
        assert rank([], alone(2)).ranges == ()

    def test_a_system_without_a_figure_takes_no_rank(self) -> None:
        found = rank([variance.nowhere(3), of_means([1, 1, 1]), of_means([0, 0, 0])], alone(3))
        assert found.order == (1, 2, 0)
        assert found.ranges == (None, RankRange(1, 1), RankRange(2, 2))
        assert len(found.pairs) == 1

    def test_a_single_cluster_ranks_nobody(self) -> None:
        assert ranges([[1, 1], [0, 0]], Clusters.of([("a",), ("a",)])) == ["1–2", "1–2"]

    @settings(deadline=None)
    @given(st.lists(st.lists(UNIT, min_size=PAGES, max_size=PAGES), min_size=1, max_size=6), st.randoms())
    def test_what_holds_for_any(self, columns: list[list[float]], random: object) -> None:
        """A range holds the system's place; the order of the systems makes no difference; a twin of the last one
        widens a range by one place or less, at the end, and splits nobody from whom it was not split."""
        clusters = Clusters.of([(str(page % 7),) for page in range(PAGES)])
        found = rank([of_means(column) for column in columns], clusters)
        for place, system in enumerate(found.order, 1):
            one = found.ranges[system]
            assert one is not None
            assert one.best <= place <= one.worst
        shuffled = list(enumerate(columns))
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        again = rank([of_means(column) for _, column in shuffled], clusters)
        assert [again.ranges[at] for at, _ in enumerate(shuffled)] == [found.ranges[number] for number, _ in shuffled]
        last = found.order[-1]
        twins = rank([of_means(column) for column in [*columns, columns[last]]], clusters)
        assert twins.ranges[last] == twins.ranges[-1]
        for before, after in zip(found.ranges, twins.ranges, strict=False):
            assert before is not None
            assert after is not None
            assert after.best <= before.best
            assert after.worst >= before.worst

    @given(st.lists(st.lists(UNIT, min_size=PAGES, max_size=PAGES), min_size=2, max_size=5))
    def test_significance_follows_the_order(self, columns: list[list[float]]) -> None:
        """No pair is significant against its figures, so that a lower figure never has a better end at both sides."""
        found = rank([of_means(column) for column in columns], alone(PAGES))
        for pair in found.pairs:
            assert pair.difference.value >= 0
            if pair.significant:
                assert pair.difference.p <= 0.05


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(5)


def test_clusters_of_some_pages() -> None:
    """The pages that are left are numbered anew, by mask or by place."""
    clusters = Clusters.of([("f", "x"), ("g", "x"), ("h", "y")])
    mask: NDArray[np.bool_] = np.array([False, True, True])
    for kept in (clusters.only(mask), clusters.only(np.array([1, 2]))):
        assert [codes.tolist() for codes in kept.ways] == [[0, 1], [0, 1]]
    assert (clusters.fewest, Clusters.of([]).fewest) == (2, 0)
