"""The stream: marks, hidden text, ruby and paths, which the second implementation does not give."""

from __future__ import annotations

import hashlib

import pytest

from goldspan.core.text import (
    build_blocks,
    build_lines,
    build_marked,
    build_stream,
    clean,
    markdown_to_html,
    render,
    stream_digest,
    stream_text,
)
from goldspan.core.text.stream import runs
from goldspan.model import Block, Extraction, Page, TextFormat


@pytest.mark.parametrize(
    ("html", "hidden"),
    [
        ("<p>a</p>", False),
        ("<p hidden>a</p>", True),
        ("<div hidden><p>a</p></div>", True),
        ('<p hidden="until-found">a</p>', True),
        ('<p aria-hidden="true">a</p>', True),
        ('<p aria-hidden="false">a</p>', False),
        ("<p aria-hidden>a</p>", False),
        ('<p style="display:none">a</p>', True),
        ('<p style="color:red; DISPLAY : NONE !important">a</p>', True),
        ('<p style="visibility: hidden">a</p>', True),
        ('<p style="x-display:none">a</p>', False),
        ('<p style="display:nonesuch">a</p>', False),
        ("<p style>a</p>", False),
        ("<dialog>a</dialog>", True),
        ("<dialog open>a</dialog>", False),
        ("<details>a</details>", True),
        ("<details open>a</details>", False),
        ("<details><summary>a</summary></details>", False),
        ("<details hidden><summary>a</summary></details>", True),
        ("<details><summary hidden>a</summary></details>", True),
        ("<details><p></p><summary>a</summary></details>", False),
        ("<details><div><summary>a</summary></div></details>", True),
        ("<summary>a</summary>", False),
        ("<div hidden><details><summary>a</summary></details></div>", True),
        ("<details><details><summary>a</summary></details></details>", True),
        ("<details open><details><summary>a</summary></details></details>", False),
        ("<p>a<b hidden>b</b></p>", False),
        ("<p> <b hidden>b</b> </p>", True),
    ],
)
def test_what_is_hidden(html: str, hidden: bool) -> None:
    assert [block.hidden for block in build_blocks(html)] == [hidden]


def test_the_first_summary_of_closed_details_shows_and_what_follows_does_not() -> None:
    html = "<details><summary>a<p>b</p></summary><summary>c</summary>d</details>e"
    assert [(block.text, block.hidden) for block in build_blocks(html)] == [
        ("a", False), ("b", False), ("c", True), ("d", True), ("e", False),
    ]  # fmt: skip


def test_ruby_ranges_are_joined_and_paths_are_those_of_the_first_text() -> None:
    html = "<div>a <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</rt></ruby><i> b</i></div>"
    assert build_blocks(html) == (Block("a 漢(kan)字ji b", False, ((3, 8), (9, 11)), "html/body/div"),)
    (block,) = build_blocks("<p>  <b> a</b></p>")
    assert (block.text, block.path) == ("a", "html/body/p/b")


def test_a_path_holds_the_24_innermost_elements() -> None:
    (block,) = build_blocks("<div>" * 30 + "a")
    assert block.path == "/".join(["div"] * 24)
    (block,) = build_blocks("<div>" * 22 + "a")
    assert block.path == "/".join(["html", "body", *["div"] * 22])


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        ("<p>a<br> b<br>\n<br>c", ["a\nb", "c"]),
        ("<p> <br>a<br>", ["a"]),
        ("<p>a <b> <br> </b> b", ["a\nb"]),
        ("<p>a<i> </i><br>b", ["a\nb"]),
        ("<p>a<hr>b", ["a", "b"]),
        ("<pre>\n a\n\tb  c \n</pre>", ["a\n\tb c"]),
        ("<pre> <b> a</b>\n\n b</pre>", ["a\n\n b"]),
        ("<pre>a<br>b</pre>", ["a\nb"]),
        ("<p>a <b>  b</b> <i> </i>c", ["a b c"]),
        ("<p>a<!-- x -->b<?y?>c", ["abc"]),
        ("<math><mrow><mi>x</mi></mrow></math>y", ["xy"]),
        ("<math><div>x</div></math>", ["x"]),
        ("", []),
    ],
)
def test_space_and_breaks(html: str, texts: list[str]) -> None:
    assert [block.text for block in build_blocks(html)] == texts


def test_marks_cover_a_blocks_text() -> None:
    html = (
        '<p data-gs="body" data-gs-role="p" class="x"> one <b data-gs="share">two</b><i> three</i></p>'
        '<p>four<b data-gs>five</b></p><p data-other="z">six</p>'
    )
    first, second, third = build_marked(html)
    assert list(runs(first)) == [
        ("one ", {"data-gs": "body", "data-gs-role": "p"}),
        ("two", {"data-gs": "share"}),
        (" three", {"data-gs": "body", "data-gs-role": "p"}),
    ]
    assert [(mark.start, mark.end) for mark in first.marks] == [(0, 4), (4, 7), (7, 13)]
    assert list(runs(second)) == [("four", {}), ("five", {"data-gs": ""})]
    assert list(runs(third)) == [("six", {})]
    (marked,) = build_marked('<p data-other="z" data-gs="body">six', prefix="data-other")
    assert list(runs(marked)) == [("six", {"data-other": "z"})]


def test_a_mark_ends_where_space_is_trimmed() -> None:
    (marked,) = build_marked('<p data-gs="a">one <b data-gs="b"> </b><br><i data-gs="c">two</i> </p>')
    assert list(runs(marked)) == [("one\n", {"data-gs": "a"}), ("two", {"data-gs": "c"})]


def test_plain_text_is_a_block_a_line() -> None:
    expected = (Block("a b"), Block("c"), Block("d"))
    assert build_lines("  a \t b\r\n\r\nc\rd\n") == expected
    assert build_lines(" X a X ") == (Block("X a X"),)
    assert build_stream(Page("x", b"a  b\nc\nd", media="text")) == expected
    assert build_stream(Page("x", b"<p>a  b\nc")) == (Block("a b c", path="html/body/p"),)


def test_text_and_digest() -> None:
    assert stream_text("<p>a</p><p hidden>b") == "a\nb"
    assert stream_digest(["a", "é"]) == hashlib.sha256(b"a\x1e\xc3\xa9\x1e").hexdigest()
    assert stream_digest(["\ud800"]) == hashlib.sha256(b"?\x1e").hexdigest()


# rendering


@pytest.mark.parametrize(
    ("text", "format", "expected"),
    [
        ("<p>a</p>*b*", "text", "<p>a</p>*b*"),
        ("<p>a</p><b>b</b>", "html", "a\nb"),
        ("# a\n\n*b* [c](d)", "markdown", "a\nb c"),
        ("|a|b|\n|-|-|\n|c|d|", "markdown", "a\nb\nc\nd"),
        ("~~a~~ <i>b</i>\n\n<div>c</div>", "markdown", "a b\nc"),
        ("a\u00a0b\u200bc\ufeffd\x00e\ud800", "text", "a b c d e\ufffd"),
        ("a\ud800", "html", "a\ufffd"),
    ],
)
def test_render(text: str, format: TextFormat, expected: str) -> None:
    assert render(Extraction(text, format)) == expected


def test_clean_leaves_other_text_alone() -> None:
    assert clean("a \n\u2003é𝄞") == "a \n\u2003é𝄞"


def test_markdown_that_takes_too_many_looks_stays_as_it_stands() -> None:
    lines = "<http://a\n> - 1. \n    " * 600
    assert markdown_to_html(lines).startswith("<pre>&lt;http://a\n&gt; - 1. \n")
    assert markdown_to_html(lines).endswith("\n    </pre>")
    assert markdown_to_html("> a\n" * 600).startswith("<blockquote>")
