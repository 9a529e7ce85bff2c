"""A hand-worked page explained word by word."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from goldspan.core.text import tokenise
from goldspan.model import (
    Gold,
    GoldBlock,
    Page,
    Row,
    Sample,
    System,
)
from goldspan.report import formatting
from goldspan.report.explain import Fold, Line
from goldspan.report.explain_console import LOOKS, print_explained
from goldspan.report.html import report_html
from goldspan.report.token_spans import token_spans
from tests.report.explained_pages import BLOCKS, OUTPUT, SAMPLE, explained, words
from tests.report.results import printed, result_of, system_result


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
    """The tokens are those of tok/1; their ranges lie in the text and never overlap."""
    places = token_spans(text)
    assert tokenise(text) == [place.token for place in places]
    edges = [edge for place in places for edge in (place.start, place.end)]
    assert edges == sorted(edges)
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(text))
