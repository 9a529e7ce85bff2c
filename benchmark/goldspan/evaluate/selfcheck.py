"""Odd and hostile pages for the author of an extractor: what does it do on each?

In a test suite of your own::

    from goldspan.evaluate.selfcheck import selfcheck

    def test_odd_pages():
        assert [finding.words for finding in selfcheck("./mine.py:extract") if finding.is_fault] == []
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from goldspan.core.text import render
from goldspan.model import FAILURES, Limits, Page, Prediction
from goldspan.sandbox.runner import Run

_BODY = (
    "The lock keeper of Aldermoor has painted the gates green, against the wishes of the canal trust. "
    "She says that green is the colour they had when her grandmother kept them, and that no boat complained."
)
_MARK = "canal trust"
_PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Green gates</title></head><body>'
    '<nav><a href="/">Home</a> <a href="/canals">Canals</a></nav><article><h1>Green gates</h1>'
    f"<p>{_BODY}</p><p>{_BODY.replace('green', 'moss-green')}</p><p>The trust will vote on Thursday evening.</p>"
    "</article><footer>Aldermoor Mercury. All rights reserved.</footer></body></html>"
)


@dataclass(frozen=True, slots=True)
class OddPage:
    """A page, what is odd about it, and whether its article can be had at all."""

    page: Page
    about: str
    has_article: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What an extractor did on an odd page.

    Attributes:
        words: that, in plain words.
        is_fault: whether it failed there. An article that was not found is no fault but on the plain page.
    """

    odd: OddPage
    prediction: Prediction
    words: str
    is_fault: bool


def odd_pages() -> Iterator[OddPage]:
    """The pages, made anew each time: they are large."""

    def page(name: str, data: bytes | str, about: str, has_article: bool = True, **facts: str) -> OddPage:
        content = data.encode() if isinstance(data, str) else data
        return OddPage(Page(name, content, "https://aldermoor.example/gates", **facts), about, has_article)  # type: ignore[arg-type]

    head, _, tail = _PAGE.partition("<article>")
    yield page("plain", _PAGE, "an ordinary small page")
    yield page("empty", "", "no bytes at all", False)
    yield page("blank", " \n\t\n ", "nothing but white space", False)
    yield page("no-body", "<html><head><title>Nothing</title></head></html>", "a head and no body", False)
    yield page("text", f"{_BODY}\n\n{_BODY}\n", "plain text without a tag")
    yield page(
        "huge", head + "<article>" + f"<p>{_BODY}</p>" * 25_000 + "</article></body></html>", "5 MB of paragraphs"
    )
    yield page("one-line", head + f"<p>{_BODY * 10_000}</p></body></html>", "one paragraph of 2 MB")
    yield page("nul", _PAGE.replace(" ", "\x00 ", 40), "NUL bytes between words")
    yield page("deep", head + "<div>" * 20_000 + f"<p>{_BODY}</p>" + "</div>" * 20_000, "20,000 nested elements")
    yield page("wrong-charset", _PAGE.replace("green", "vert très").encode("latin-1"), "Latin-1 that says it is UTF-8")
    yield page("utf-16", b"\xff\xfe" + _PAGE.encode("utf-16-le"), "UTF-16 with a byte-order mark")
    yield page(
        "frameset",
        "<html><head><title>F</title></head><frameset cols='20%,80%'><frame src='a'><frame src='b'></frameset></html>",
        "a frameset of 1998",
        False,
    )
    xhtml = _PAGE.replace("<!DOCTYPE html><html", '<html xmlns="http://www.w3.org/1999/xhtml"')
    yield page("xhtml", '<?xml version="1.0" encoding="utf-8"?>\n' + xhtml, "XHTML with an XML declaration")
    yield page("truncated", _PAGE[: _PAGE.index("The trust will")] + "<div class='", "cut off inside a tag")
    yield page("broken", head + f"<p><b><i>{_BODY}</b><table><p>{_BODY}</i></tr></p></div></article>", "misnested tags")
    yield page(
        "scripts",
        head + "<script>var a = '" + "x" * 500_000 + "</scr' + 'ipt>';</script></body></html>",
        "only a script",
        False,
    )
    yield page(
        "entities",
        head + "<p>" + "&#0;&#xD800;&#x110000;&bogus;&amp;amp;" * 500 + "</p></body></html>",
        "impossible character references",
        False,
    )
    yield page(
        "attributes",
        head + "<p " + " ".join(f"a{i}='{i}'" for i in range(20_000)) + f">{_BODY}</p></body></html>",
        "20,000 attributes",
    )
    yield page(
        "comment",
        head + "<!-- " + "<p>" * 50_000 + f"</article></body></html> {tail[:10]}",
        "a comment that never ends",
        False,
    )


def _words(odd: OddPage, prediction: Prediction) -> tuple[str, bool]:
    if prediction.status in FAILURES:
        kinds = {
            "error": "raised",
            "timeout": "did not finish:",
            "crash": "crashed:",
            "memory": "used too much memory:",
        }
        return f"{kinds[prediction.status]} {prediction.error}", True
    text = render(prediction.extraction) if prediction.extraction else ""
    cost = f"in {prediction.ms:.0f} ms" if prediction.ms is not None else ""
    if not text.strip():
        lost = " – the article was not found" if odd.has_article else ""
        return f"returned nothing {cost}{lost}".strip(), odd.page.id == "plain"
    found = " with the article" if _MARK in text else (", but not the article" if odd.has_article else "")
    surrogates = "; it holds NUL bytes" if prediction.extraction and "\x00" in prediction.extraction.text else ""
    return f"returned {len(text):,} characters{found} {cost}{surrogates}", odd.page.id == "plain" and _MARK not in text


def selfcheck(spec: str, limits: Limits | None = None) -> Iterator[Finding]:
    """Run an extractor over the odd pages, in a process of its own.

    Args:
        spec: what stands on the command line: a name, ``./mine.py:extract``, ``cmd:…``.
        limits: 20 seconds a page, if None.

    Raises:
        ExtractorError: it cannot be started.
    """
    pages = {odd.page.id: odd for odd in odd_pages()}
    with Run(spec, limits or Limits(timeout=20)) as run:
        for prediction in run.predictions(list(pages), lambda name: pages[name].page):
            odd = pages[prediction.id]
            yield Finding(odd, prediction, *_words(odd, prediction))
