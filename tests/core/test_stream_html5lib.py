"""The text stream against a second implementation of its rules, over html5lib's tree (tests/reference_stream.py)."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.core.text import build_blocks
from tests.reference_stream import reference_blocks


def both(html: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """The blocks with their hidden flags, by the package and by the reference."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = [(text, hidden) for text, hidden, _ in reference_blocks(html)]
    return [(block.text, block.hidden) for block in build_blocks(html)], reference


CASES = {
    "two breaks end a block": "<p>a<br> <br>b<br>c  <b> d</b>e</p>",
    "pre keeps newlines and tabs": "x<pre>  a\tb\n  c  d\n</pre>y",
    "hidden blocks stay": "<p>We <span hidden>no</span><div hidden>h</div><div style='top:0;DISPLAY : none'>n</div>",
    "closed details": "<details><summary>S</summary>inner</details><details open>o</details><dialog>d</dialog>",
    "ruby and mathematics": "<ruby>漢<rt>kan</rt></ruby>z<math><mi>x</mi><annotation>q</annotation></math>",
    "options and custom elements": "<select><option>a<option>b</select><my-x>u</my-x>v",
    "skipped elements end no block": "a<textarea>b</textarea>c<script>d</script>e<svg><text>f</text></svg>g",
    "noscript is read": "<noscript><p>one</p></noscript><noscript>two</noscript>",
    "spaces of all kinds": "<p>\ufeffa\u00a0\u200b b\t\f\r\nc </p>",
    "obsolete inline elements": "<p>a<font>b</font><tt>c</tt><nobr>d</nobr><center>e</center>",
    "table text is fostered": "<table>x<tr><td>y</td></tr>z</table>",
    "misnested formatting": "<p><b>a<p>b</b>c<i>d</p>e</i>",
    "wbr is nothing": "ex<wbr>ample",
    "NUL": "<p>a\x00b</p>",
    "frameset": "<frameset><frame></frameset><noframes>x</noframes>",
    "buttons and lists": "<ul><li>a<button>b</button>c</ul><dl><dt>d<dd>e</dl>",
}


@pytest.mark.parametrize("case", CASES)
def test_each_rule_on_a_small_page(case: str) -> None:
    ours, reference = both(CASES[case])
    assert ours == reference


def test_the_blocks_of_a_small_page() -> None:
    """The rules once by hand, so that both cannot be wrong together."""
    html = "<p>a<br> <br>b<br>c  <b> d</b>e</p><pre> x\n\ty </pre><div aria-hidden=true>h</div>"
    assert [(b.text, b.hidden) for b in build_blocks(html)] == [
        ("a", False),
        ("b\nc de", False),
        ("x\n\ty", False),
        ("h", True),
    ]


_NAMES = st.sampled_from("p div span b a ul li table tr td pre br section custom-el details summary ruby rt".split())
_TEXT = st.text(st.sampled_from("ab \n\t\u00a0\u200b<&é字"), max_size=8).map(
    lambda t: t.replace("<", "&lt;").replace("&é", "é")
)


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    attribute = st.sampled_from(["", " hidden", ' aria-hidden="true"', ' style="visibility:hidden"', " open"])
    return st.builds(lambda n, a, c: f"<{n}{a}>{''.join(c)}</{n}>", _NAMES, attribute, st.lists(children, max_size=4))


@given(st.recursive(_TEXT, _element, max_leaves=12))
@settings(max_examples=150, deadline=None)
def test_any_small_page_has_the_same_stream(html: str) -> None:
    ours, reference = both(html)
    assert ours == reference
