"""The HTML report: structure and safety; and a real result in every rendering."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser

from goldspan.core.metrics import DEFAULT, find_metric
from goldspan.core.scoring import measure_sample, summarise
from goldspan.data.schema import load_policy, validate
from goldspan.model import (
    Extraction,
    Prediction,
    Row,
    Score,
    Speed,
    System,
)
from goldspan.report.html import report_html
from goldspan.report.markdown import score_markdown
from goldspan.report.result_json import result_json
from goldspan.report.score_charts import interval_bars, scatter
from tests.report.explained_pages import OUTPUT, SAMPLE, explained
from tests.report.results import BIG, NAN, result_of, score, score_text, system_result


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
            frame = plot.axes.frame
            assert all(bar is not None and 0 <= bar.low <= bar.value <= bar.high <= 120 for bar in bars.bars)
            assert all(frame.left <= dot.x <= frame.right and frame.top <= dot.y <= frame.bottom for dot in plot.dots)


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
    assert validate("result", json.loads(result_json(result)), "here") == []
    assert "nan" not in score_markdown(result).lower()
    html = report_html(result, [explained()])
    values: Mapping[str, int] = {name: html.count(name) for name in ("Leaked, by label", "By language", "newsletter")}
    assert all(values.values())
