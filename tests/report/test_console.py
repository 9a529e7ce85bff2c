"""Tables on a terminal, in a pipe and as Markdown."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from goldspan.model import (
    RankRange,
    Score,
)
from goldspan.report.console import (
    Paired,
    compare_table,
    list_table,
    make_console,
    profile_table,
    score_table,
    strata_table,
)
from goldspan.report.markdown import score_markdown
from goldspan.report.tables import in_order, score_columns, strata_grid
from tests.report.results import BIG, NAN, PROTOCOL, printed, result_of, score, score_text, system_result


class TestScoreTable:
    def test_is_ordered_by_rank_then_headline(self) -> None:
        """Rank groups first, unranked systems last."""
        assert [one.system.name for one in in_order(BIG)] == ["first", "second", "readability-lxml"]

    def test_lower_headline_is_better_where_the_metric_says_so(self) -> None:
        """With leaked tokens as the headline, the system that leaks least comes first."""
        two = [
            system_result(name, 0.5, 1, scores={"leak.tokens": score(tokens)}) for name, tokens in (("a", 9), ("b", 1))
        ]
        assert [one.system.name for one in in_order(result_of(*two, headline="leak.tokens"))] == ["b", "a"]

    @pytest.mark.parametrize("width", [40, 60, 80, 100, 140, 200])
    def test_numbers_are_never_broken(self, width: int) -> None:
        """At every width each figure with its interval stands on one line, and no line is too long."""
        text = score_text(BIG, width)
        for figure in (".951 [.931 .971]", ".851 [.831 .871]", ".700 [.680 .720]"):
            assert figure in text
        *table, protocol = text.rstrip("\n").split("\n")
        assert protocol == PROTOCOL
        assert all(len(one) <= width for one in table)
        assert "…" not in text.split("left out")[0]

    def test_wide_is_one_table_and_narrow_repeats_the_names(self) -> None:
        """A wide screen has all columns side by side."""
        assert score_text(BIG, 220).count("System") == 1
        assert score_text(BIG, 80).count("System") >= 2

    def test_columns_without_values_are_left_out(self) -> None:
        """No speed, no failures, no metadata: no such columns."""
        plain = result_of(system_result("only", 0.9, 1))
        titles = [column.title for column in score_columns(plain)]
        assert titles == ["Body F1", "Prec.", "Recall", "Leaked", "Lost"]

    def test_columns_with_values_are_there(self) -> None:
        """Failures, empty outputs, cost and other metrics appear once one system has them."""
        more = {"shingle.f1": score(0.8), "shingle.accuracy": score(0.1), "metadata.mean": score(0.75)}
        more |= {"metadata.fields": Score(3.0), "order.flagged": score(0.02), "wcxb-snippets.with": score(0.9)}
        first = system_result("a", 0.9, 1)
        result = result_of(replace(first, scores={**first.scores, **more}), *BIG.systems)
        titles = {column.title: column for column in score_columns(result)}
        assert {"Failures", "Empty", "Shingle F1", "Metadata", "Reordered", "WCXB with", "Pages/s"} <= set(titles)
        assert "Accur." not in titles
        assert next(cell.text for cell in titles["Metadata"].cells if cell.value is not None) == ".750 (3)"
        assert sorted(cell.text for cell in titles["Metadata"].cells if cell.value is None) == ["–"] * 3

    def test_says_what_needs_saying(self) -> None:
        """Warnings, left-out pages in one line, the protocol last."""
        text = score_text(BIG, 160)
        assert "its outputs are full of markup" in text
        assert "2 pages left out: 2 × only …%" in text
        assert text.endswith(PROTOCOL + "\n")

    def test_no_markup_is_read_and_no_escape_goes_through(self) -> None:
        """A system's name is text, whatever it holds."""
        nasty = system_result("[bold]x[/bold]\x1b[2J", 0.9, 1)
        text = score_text(result_of(nasty), 140)
        assert "[bold]x[/bold]␛[2J" in text
        assert "\x1b" not in text

    def test_a_result_without_any_figure_is_printed(self) -> None:
        """NaN and None are dashes."""
        text = score_text(result_of(system_result("none", 0.5, None, scores={"body.f1": score(NAN)})))
        assert "nan" not in text.lower()
        assert "–" in text


class TestGrids:
    def test_few_pages_are_marked_and_never_best(self) -> None:
        """A stratum of five pages is grey with a point, though its figure is the highest."""
        grid = strata_grid(BIG)
        assert grid.heads == (("news", "35 p."), ("forum", "5 p."))
        assert [(row[1].text, row[1].few, row[1].best) for row in grid.cells] == [("1.000·", True, False)] * 3
        assert [row[0].best for row in grid.cells] == [True, False, False]

    def test_few_pages_are_dim_and_others_bold(self) -> None:
        """In colour the marked cells are dim, never bold."""
        text = printed(lambda console: strata_table(BIG, console), 100, colour=True)
        assert re.search(r"\x1b\[2m *1\.000·", text)
        assert not re.search(r"\x1b\[1m *1\.000·", text)
        assert re.search(r"\x1b\[1m *\.951", text)

    def test_no_strata(self) -> None:
        """A result without strata says so instead of failing."""
        result = result_of(system_result("a", 0.9, 1, strata={}), by=None)
        assert "nothing to show" in printed(lambda console: strata_table(result, console))

    @pytest.mark.parametrize("width", [40, 80, 140])
    def test_profiles_hold_tokens_and_pages(self, width: int) -> None:
        """Leaked tokens with the share of pages, lost tokens by role."""
        text = printed(lambda console: profile_table(BIG, console), width)
        assert "10.3 25%" in text
        assert "navigation" in text
        assert "cell" in text
        assert all(len(one) <= max(width, 40) for one in text.split("\n"))

    def test_never_leaked_is_zero_and_not_measured_is_a_dash(self) -> None:
        """Zero and not applicable are told apart."""
        clean = system_result("clean", 0.9, 1, scores={"body.f1": score(0.9), "leak.tokens": score(0)})
        unknown = system_result("unknown", 0.8, 2, scores={"body.f1": score(0.8)})
        text = printed(lambda console: profile_table(result_of(clean, unknown, BIG.systems[0]), console), 120)
        assert re.search(r"clean +0\b", text) or re.search(
            r"navigation +0 +10\.3 25% +–|navigation +0 +– +10\.3 25%", text
        )


class TestOtherTables:
    def test_compare(self) -> None:
        """Differences with signs and intervals, a star where significant, the ranks, the protocol last."""
        rows = [
            Paired("a@1", "b@1?favor_precision=true", 0.0123, 0.001, 0.02, 0.0005, True),
            Paired("b@1", "c@1", NAN, NAN, NAN, 1.0, False),
        ]
        ranks = {"a@1": RankRange(1, 1), "b@1": RankRange(2, 3), "c@1": None}
        text = printed(lambda console: compare_table(rows, ranks, "body.f1", PROTOCOL, console))
        assert "+.012  [+.001 +.020]  <.001  *" in text
        assert "nan" not in text
        assert "2–3: b@1" in text
        assert "not ranked: c@1" in text
        assert text.endswith(PROTOCOL + "\n")

    def test_list(self) -> None:
        """Names whole, descriptions folded."""
        text = printed(lambda console: list_table([("trafilatura", "word " * 40), ("x\x1b", "y")], console))
        assert "trafilatura" in text
        assert "\x1b" not in text

    def test_markdown(self) -> None:
        """A GitHub table: as many cells in each line, pipes escaped, a choice of columns."""
        piped = system_result("a|b_c", 0.9, 1)
        lines = score_markdown(result_of(piped), ["Body F1", "Lost"]).split("\n")
        assert [len(re.findall(r"(?<!\\)\|", one)) - 1 for one in lines[:3]] == [4, 4, 4]
        assert "a\\|b\\_c@1.2.3" in lines[2]
        assert f"Protocol: `{PROTOCOL}`" in lines

    def test_pipe_is_wide_and_plain(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Into a pipe a table is wide and has no colours."""
        monkeypatch.delenv("COLUMNS", raising=False)
        monkeypatch.delenv("FORCE_COLOR", raising=False)
        score_table(BIG, make_console())
        text = capsys.readouterr().out
        assert text.count("System") == 1
        assert "\x1b" not in text
