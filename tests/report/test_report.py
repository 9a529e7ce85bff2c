"""Reports: structure and safety of every rendering, and a hand-worked page explained word by word."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rich.console import Console
from selectolax.lexbor import LexborHTMLParser

from goldspan.core.align import align
from goldspan.core.metrics import DEFAULT, find_metric
from goldspan.core.policy import tokenise_gold
from goldspan.core.scoring import measure_sample, summarise
from goldspan.core.text import tokenise
from goldspan.data.schema import data_path, is_valid, load_policy
from goldspan.model import (
    About,
    Extraction,
    Gold,
    GoldBlock,
    Page,
    Prediction,
    Result,
    Row,
    Sample,
    Score,
    Span,
    Speed,
    System,
    SystemResult,
)
from goldspan.report import formatting
from goldspan.report.charts import interval_bars, scatter
from goldspan.report.console import (
    Paired,
    compare_table,
    list_table,
    make_console,
    profile_table,
    score_table,
    strata_table,
)
from goldspan.report.explain import Explained, Fold, Line, explain
from goldspan.report.explain_console import LOOKS, print_explained
from goldspan.report.html import report_html
from goldspan.report.markdown import grids_markdown, score_markdown
from goldspan.report.result_json import result_data, result_json
from goldspan.report.tables import in_order, score_columns, strata_grid
from goldspan.report.token_spans import token_spans

PROTOCOL = "core@1f9a1c2e|n:40|text:whatwg-text/1|tok:1|align:1|policy:neutral|metric:body.f1/1|fail:0|bs:2000|seed:7"
NAN = math.nan


def score(value: float | None, n: int = 40, width: float = 0.02) -> Score:
    if value is None or math.isnan(value):
        return Score(value, NAN, NAN, n)
    return Score(value, value - width, value + width, n)


def system_result(name: str, f1: float, rank: int | None, **changes: Any) -> SystemResult:
    scores = {
        "body.f1": score(f1),
        "body.precision": score(f1 + 0.01),
        "body.recall": score(f1 - 0.01),
        "leak.tokens": score(12.345),
        "leak.navigation": score(10.3),
        "leak.navigation.pages": score(0.25),
        "loss.tokens": score(3.21),
        "loss.cell": score(3.21),
    }
    rows = tuple(
        Row(f"page-{i:02}", "ok", {"body": {"f1": i / 40, "precision": 1.0, "recall": i / 40}, "leak": {"tokens": 3.0}})
        for i in range(40)
    )
    given: dict[str, Any] = {
        "system": System(name, "1.2.3", {}, fields=("title",)),
        "scores": scores,
        "rank": rank,
        "rows": rows,
        "strata": {"news": score(f1, 35), "forum": score(1.0, 5)},
    }
    return SystemResult(**{**given, **changes})


def result_of(*systems: SystemResult, **changes: Any) -> Result:
    return Result(**{"protocol": PROTOCOL, "headline": "body.f1", "systems": systems, "by": "page_type", **changes})


LONG = System("readability-lxml", "0.8.4.1", {"retry_length": "250", "favor_precision": "true"})
BIG = result_of(
    system_result("second", 0.851, 2, failures={"timeout": 2, "error": 1, "empty": 3}),
    system_result("first", 0.951, 1, speed=Speed(31.6, 12.3, 45.6, 321.0, 900.0)),
    system_result("third", 0.7, None, system=LONG, warnings=("its outputs are full of markup",)),
    left_out={"a": "only 61% of its gold text stands on the page", "b": "only 7% of its gold text stands on the page"},
    environment={"python": "3.11.4"},
)


def printed(show: Callable[[Console], None], width: int = 80, colour: bool = False) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
        force_terminal=colour,
        color_system="truecolor" if colour else None,
        no_color=False,
    )
    show(console)
    return stream.getvalue()


def score_text(result: Result, width: int = 80) -> str:
    return printed(lambda console: score_table(result, console), width)


class TestFigures:
    @pytest.mark.parametrize(
        ("value", "text"), [(0.951, ".951"), (1.0, "1.000"), (0.0, ".000"), (-0.0123, "-.012"), (None, "–"), (NAN, "–")]
    )
    def test_share(self, value: float | None, text: str) -> None:
        """Three decimals, no leading zero; what is not defined is a dash, never a number."""
        assert text == formatting.share(value)

    @pytest.mark.parametrize(("value", "text"), [(0, "0"), (0.01, "0.0"), (99.94, "99.9"), (99.96, "100"), (NAN, "–")])
    def test_count(self, value: float, text: str) -> None:
        """Nothing at all is told apart from next to nothing."""
        assert text == formatting.count(value)

    def test_failures_leave_empty_out(self) -> None:
        """An empty output is no failure."""
        assert formatting.failures({"timeout": 2, "empty": 9}) == "2 timeout"
        assert formatting.failures({"empty": 9}) == "0"

    def test_visible_keeps_length_and_takes_control_away(self) -> None:
        """ESC, C1, overrides of direction and lone surrogates are replaced one for one."""
        text = "a\x1b[31m\x9b\u202e\ud800\n\tb"
        assert formatting.visible(text) == "a␛[31m\ufffd\ufffd\ufffd\n\tb"
        assert len(text) == len(formatting.visible(text))

    def test_reasons_that_differ_in_numbers_are_one(self) -> None:
        """Two pages with different shares have one reason."""
        assert formatting.reasons(BIG.left_out) == "2 × only …% of its gold text stands on the page"

    def test_short_names_are_told_apart(self) -> None:
        """Options, then the version, are added only where names would be equal."""
        systems = [System("a", "1"), System("b", "1", {"x": "1"}), System("b", "1"), System("c", "1"), System("c", "2")]
        assert list(formatting.short_names(systems).values()) == ["a", "b?x=1", "b", "c@1", "c@2"]


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
        """Differences with signs and intervals, a star where significant, the groups, the protocol last."""
        rows = [
            Paired("a@1", "b@1?favor_precision=true", 0.0123, 0.001, 0.02, 0.0005, True),
            Paired("b@1", "c@1", NAN, NAN, NAN, 1.0, False),
        ]
        groups = {"a@1": 1, "b@1": 2, "c@1": None}
        text = printed(lambda console: compare_table(rows, groups, "body.f1", PROTOCOL, console))
        assert "+.012  [+.001 +.020]  <.001  *" in text
        assert "nan" not in text
        assert "Rank group 2: b@1" in text
        assert "Not ranked: c@1" in text
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
        assert "**By page type.**" in grids_markdown(BIG)

    def test_pipe_is_wide_and_plain(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Into a pipe a table is wide and has no colours."""
        monkeypatch.delenv("COLUMNS", raising=False)
        monkeypatch.delenv("FORCE_COLOR", raising=False)
        score_table(BIG, make_console())
        text = capsys.readouterr().out
        assert text.count("System") == 1
        assert "\x1b" not in text


class TestData:
    def test_fits_its_schema(self) -> None:
        """The JSON of a result is what the schema says, NaN and all."""
        schema = json.loads(data_path("schemas", "result.schema.json").read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        odd = system_result("odd", NAN, None, rows=(Row("p", "crash", {"body": None, "metadata": {"title": NAN}}),))
        for result in (BIG, result_of(odd), result_of()):
            data = json.loads(result_json(result))
            assert list(Draft202012Validator(schema).iter_errors(data)) == []
            assert is_valid("result", data)

    def test_schema_refuses_what_is_no_result(self) -> None:
        """A missing protocol, a NaN written as text, an unknown status."""
        good = result_data(BIG)
        assert not is_valid("result", {name: value for name, value in good.items() if name != "protocol"})
        bad = json.loads(json.dumps(good))
        bad["systems"][0]["scores"]["body.f1"]["value"] = "NaN"
        assert not is_valid("result", bad)

    def test_no_nan_and_six_digits(self) -> None:
        """What is not defined is null; figures are rounded to six digits."""
        odd = system_result(
            "odd", 0.5, 1, scores={"body.f1": Score(1 / 3, NAN, math.inf, 3), "x.y": Score(12345.678901)}
        )
        scores = result_data(result_of(odd))["systems"][0]["scores"]
        assert scores["body.f1"] == {"value": 0.333333, "low": None, "high": None, "n": 3}
        assert scores["x.y"]["value"] == 12345.7
        assert "NaN" not in result_json(result_of(odd))

    def test_is_the_same_whatever_order_it_came_in(self) -> None:
        """Keys stand in a fixed order."""
        turned = replace(BIG.systems[0], scores=dict(reversed(list(BIG.systems[0].scores.items()))))
        assert result_json(result_of(BIG.systems[0])) == result_json(result_of(turned))

    def test_lone_surrogates_can_be_written(self) -> None:
        """Any UTF-8 file can hold it."""
        result_json(result_of(system_result("bad\ud800", 0.5, 1))).encode("utf-8")


class TestHtml:
    EVIL = "<script>alert(1)</script>\" onload='x'"

    def test_everything_is_escaped(self) -> None:
        """Names, ids, warnings, reasons and environment stay text."""
        evil = system_result(
            self.EVIL,
            0.9,
            1,
            rows=(Row(self.EVIL, "ok", {"body": {"f1": 0.1}}),),
            warnings=(self.EVIL,),
            strata={self.EVIL: score(0.9)},
            speed=Speed(median_ms=3.0),
        )
        html = report_html(
            result_of(evil, *BIG.systems, left_out={self.EVIL: self.EVIL}, environment={self.EVIL: self.EVIL})
        )
        assert "<script>alert" not in html
        assert html.count("<script>") == 1
        assert "&lt;script&gt;alert(1)" in html
        tree = LexborHTMLParser(html)
        assert not tree.css("[onload]")
        assert len(tree.css("script")) == 1

    def test_needs_nothing_from_outside(self) -> None:
        """One file: a strict policy with the hashes of its own style and script, no address, no inline handler."""
        html = report_html(BIG)
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
        assert policy
        assert "default-src &#39;none&#39;" in policy[1]
        assert policy[1].count("sha256-") == 2
        assert not re.search(r"unsafe|nonce", policy[1])
        assert not re.search(r"""(src|href)=["'](?!#)|url\(|@import|https?://| style=""", html)

    def test_policy_has_the_hashes(self) -> None:
        """The hashes are those of what stands between the tags, to the byte."""
        import base64
        import hashlib

        html = report_html(BIG)
        for tag in ("style", "script"):
            inside = re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
            assert inside
            digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
            assert digest in html.replace("&#43;", "+")

    def test_has_no_nan_and_is_deterministic(self) -> None:
        """Undefined figures are dashes; the same result gives the same bytes."""
        odd = system_result("odd", NAN, None, scores={"body.f1": score(NAN), "leak.tokens": score(NAN)})
        html = report_html(result_of(odd, *BIG.systems))
        assert not re.search(r"\bnan\b", re.sub(r"<style>.*</style>", "", html, flags=re.DOTALL), re.IGNORECASE)
        assert html == report_html(result_of(odd, *BIG.systems))

    def test_worst_pages_come_worst_first(self) -> None:
        """Twenty pages of each system, the worst first."""
        html = report_html(result_of(BIG.systems[0]))
        ids = re.findall(r'scope="row" title="(page-\d+)"', html)
        assert [f"page-{i:02}" for i in range(20)] == ids

    def test_empty_result(self) -> None:
        """A report without systems is still a page, and a table."""
        assert "System" in score_text(result_of())
        assert "</html>" in report_html(result_of())

    def test_bars_and_dots_stay_inside(self) -> None:
        """Marks lie on their scales, whatever the figures are."""
        for values in ((0.5, 0.5), (0.0, 1.0), (0.999, 0.9991), (0.0, 0.0)):
            systems = [
                system_result(str(i), 0, 1, scores={"body.f1": Score(v, v, v, 9)}, speed=Speed(median_ms=10.0**i))
                for i, v in enumerate(values)
            ]
            bars, plot = interval_bars(result_of(*systems)), scatter(result_of(*systems))
            assert plot
            assert all(bar is not None and 0 <= bar.low <= bar.value <= bar.high <= 120 for bar in bars.bars)
            assert all(plot.left <= dot.x <= plot.right and plot.top <= dot.y <= plot.bottom for dot in plot.dots)


BLOCKS = (
    GoldBlock("Home News Sport", "navigation"),
    GoldBlock("Jump to content", "navigation"),
    GoldBlock("Search the site", "search"),
    GoldBlock("Ferry crews agree to talk", "title", "h1"),
    GoldBlock("We got the keys on Friday. Share", "body", "p", spans=(Span(27, 32, "share"),)),
    GoldBlock("Nobody here enjoys watching milk go off", "body", "p"),
    GoldBlock("Sign up for our daily letter", "newsletter"),
    GoldBlock("Nobody here enjoys watching …", "body", duplicate_of=5),
    GoldBlock("By \x1b[31mA. Author", "byline"),
)
SAMPLE = Sample(
    Page("en-1", b"<html>", "https://a.example/"),
    Gold(About(language="en"), BLOCKS, (GoldBlock("Only in the data island", "body", "p", source="json-ld"),)),
)
OUTPUT = (
    "Ferry crews agree to talk\nWe got the keys on Friday. Share\nNobody here enjoys watching\n"
    "Sign up for our daily letter\nCompletely made up words \x1b[2J stand here\nWe got the keys on Friday."
)


def explained(sample: Sample = SAMPLE, text: str = OUTPUT, status: str = "ok") -> Explained:
    gold_tokens = tokenise_gold(sample.gold, load_policy("neutral"))
    prediction = Prediction("mine@1", sample.id, status, Extraction(text) if status == "ok" else None)  # type: ignore[arg-type]
    return explain(sample, prediction, gold_tokens, align(gold_tokens.target, tokenise(text)), text)


def words(line: Line | Fold) -> list[tuple[str, str]]:
    assert isinstance(line, Line)
    return [(bit.text, bit.kind) for bit in line.bits if bit.kind != "between"]


class TestExplain:
    def test_page_word_by_word(self) -> None:
        """The hand-worked page: title output, a share button leaked, the end of a paragraph lost, a box leaked."""
        fold, title, mixed, half, box, copy, byline, extra = explained().page
        assert isinstance(fold, Fold)
        assert fold.says == "3 blocks of navigation, search left out"
        assert words(title) == [("Ferry crews agree to talk", "neutral")]
        assert words(mixed) == [("We got the keys on Friday", "kept"), ("Share", "leaked")]
        assert words(half) == [("Nobody here enjoys watching", "kept"), ("milk go off", "lost")]
        assert words(box) == [("Sign up for our daily letter", "leaked")]
        assert words(copy) == [("Nobody here enjoys watching", "copy")]
        assert words(byline) == [("By ␛[31mA. Author", "neutral-missed")]
        assert words(extra) == [("Only in the data island", "neutral-missed")]
        assert [one.label for one in (mixed, copy, extra) if isinstance(one, Line)] == [
            "body/p+share",
            "body",
            "body/p",
        ]
        assert [one.remark for one in (copy, extra) if isinstance(one, Line)] == [
            "copy of 5",
            "not in the text: json-ld",
        ]

    def test_output_in_its_own_order(self) -> None:
        """Invented and repeated words stand where the output has them."""
        lines = explained().output
        kinds = [[kind for _, kind in words(one)] for one in lines]
        assert kinds == [["neutral"], ["kept", "leaked"], ["kept"], ["leaked"], ["invented"], ["repeated"]]
        assert [one.label for one in lines] == ["title/h1", "body/p …", "body/p", "newsletter", "nowhere", "body/p"]

    def test_counts_agree_with_the_scores(self) -> None:
        """What is shown is what is scored."""
        found = explained()
        shown: dict[str, int] = {}
        for one in found.page:
            for line in one.lines if isinstance(one, Fold) else (one,):
                for bit in line.bits:
                    shown[bit.kind] = shown.get(bit.kind, 0) + len(tokenise(bit.text))
        assert {name: shown[name] for name in ("kept", "lost", "leaked")} == {"kept": 10, "lost": 3, "leaked": 7}
        assert {name: found.counts[name] for name in ("kept", "lost", "leaked")} == {"kept": 10, "lost": 3, "leaked": 7}
        assert found.counts["content"] == 13

    def test_text_is_all_there(self) -> None:
        """No character of a block or an output line is lost or doubled."""
        found = explained()
        lines = [line for one in found.page for line in (one.lines if isinstance(one, Fold) else (one,))]
        blocks = [*BLOCKS, *SAMPLE.gold.extra]
        assert [formatting.visible(block.text) for block in blocks] == [
            "".join(b.text for b in one.bits) for one in lines
        ]
        output = ["".join(bit.text for bit in one.bits) for one in found.output]
        assert formatting.visible(OUTPUT).split("\n") == output

    def test_unspaced_scripts_and_glued_words(self) -> None:
        """A Thai sentence, in which a vowel decomposes, is not one word; a glued word has a place in the output."""
        blocks = (
            GoldBlock("น้ำท่วมหนักในกรุงเทพ", "body", "p"),
            GoldBlock("the keys arrived on Friday night", "body", "p"),
        )
        sample = Sample(Page("th-1", b""), Gold(blocks=blocks))
        thai, english = explained(sample, "น้ำท่วมหนัก thekeys arrived on Friday").page
        assert words(thai) == [("น้ำท่วมหนัก", "kept"), ("ในกรุงเทพ", "lost")]
        assert words(english) == [("the keys arrived on Friday", "kept"), ("night", "lost")]
        (only,) = explained(sample, "น้ำท่วมหนัก thekeys arrived on Friday").output
        assert words(only) == [("น้ำท่วมหนัก thekeys arrived on Friday", "kept")]

    def test_failure(self) -> None:
        """A page that failed has no output and says why."""
        found = explained(text="", status="timeout")
        assert found.output == ()
        text = printed(lambda console: print_explained(found, console))
        assert "status: timeout" in text
        assert "[-We got the keys on Friday-]" in text

    def test_marks_without_colours(self) -> None:
        """With NO_COLOR every kind but kept has its marks, and no escape goes through."""
        text = printed(lambda console: print_explained(explained(), console), 100)
        for marked in (
            "{+Share+}",
            "[-milk go off-]",
            "{~Ferry crews agree to talk~}",
            "[:Nobody here enjoys watching:]",
        ):
            assert marked in text
        assert "{?Completely made up words ␛[2J stand here?}" in text
        assert "{=We got the keys on Friday=}" in text
        assert "… 3 blocks of navigation, search left out" in text
        assert "\x1b" not in text

    def test_no_color_is_respected(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """NO_COLOR on a terminal gives the marks of a pipe."""
        monkeypatch.setenv("NO_COLOR", "1")
        stream = io.StringIO()
        print_explained(explained(), Console(file=stream, force_terminal=True, width=100, markup=False))
        assert "{~Ferry crews agree to talk~}" in stream.getvalue()

    def test_faults_keep_their_marks_in_colour(self) -> None:
        """Those who do not see the colours apart see the marks; the rest is plain colour."""
        text = printed(lambda console: print_explained(explained(), console), 100, colour=True)
        assert "[-milk go off-]" in text
        assert "{~" not in text

    def test_html_shows_the_same(self) -> None:
        """The overlay in the report, escaped, linked from the worst pages, folds that open."""
        row = Row("en-1", "ok", {"body": {"f1": 0.1}})
        mine = system_result("mine", 0.9, 1, system=System("mine", "1"), rows=(row,))
        evil = replace(SAMPLE, gold=replace(SAMPLE.gold, blocks=(*BLOCKS, GoldBlock("<b>bold</b>", "body", "p"))))
        html = report_html(result_of(mine), [explained(evil)])
        assert '<a href="#page-0">en-1</a>' in html
        assert '<span class="leaked" title="leaked">Share</span>' in html
        assert "&lt;" in html
        assert "<b>bold" not in html
        assert "… 3 blocks of navigation, search left out" in html
        assert "\x1b" not in html

    def test_looks_are_all_different(self) -> None:
        """No two kinds of words have the same marks."""
        marks = [(look.left, look.right) for kind, look in LOOKS.items() if kind not in ("kept", "between")]
        assert len(marks) == len(set(marks))


@given(st.text("aZ é\u0301ﬁ½น้ำท中ｶﾞ\u1112\u1161-\u00ad\n ", max_size=20) | st.text(max_size=20))
@example("e\u0301a-ﬁx")
@settings(max_examples=300, deadline=None)
def test_places_hold_all_tokens_in_order(text: str) -> None:
    """The tokens are those of tok/2; their ranges lie in the text and never overlap."""
    places = token_spans(text)
    assert tokenise(text) == [place.token for place in places]
    edges = [edge for place in places for edge in (place.start, place.end)]
    assert edges == sorted(edges)
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(text))


def test_from_samples_to_reports() -> None:
    """A real result, of the real metrics, goes through every rendering."""
    policy, metrics = load_policy("neutral"), [find_metric(name) for name in (*DEFAULT, "shingle", "words")]
    systems = [System("good", "1", fields=("title",)), System("bad", "1")]
    measured = []
    for number in range(12):
        sample = replace(SAMPLE, page=replace(SAMPLE.page, id=f"p{number}"))
        predictions: list[Prediction | None] = [
            Prediction(systems[0].key, sample.id, "ok", Extraction(OUTPUT, title="Ferry")),
            Prediction(systems[1].key, sample.id, "crash") if number % 2 else None,
        ]
        measured.append(measure_sample(sample, systems, predictions, policy, metrics))
    result = summarise("test@00000000", measured, systems, policy, metrics, by="language")
    for width in (80, 140):
        text = score_text(result, width)
        assert "nan" not in text.lower()
        assert "crash" in text
    assert is_valid("result", json.loads(result_json(result)))
    assert "nan" not in score_markdown(result).lower()
    html = report_html(result, [explained()])
    values: Mapping[str, int] = {name: html.count(name) for name in ("Leaked, by label", "By language", "newsletter")}
    assert all(values.values())
