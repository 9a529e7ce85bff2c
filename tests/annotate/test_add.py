"""goldspan add: pages from files, the web, WARC and MHTML become samples; what should not come in is refused."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from goldspan.annotate.candidates import find_candidates, iso_date
from goldspan.annotate.capture import Capture, read_capture
from goldspan.annotate.download import fetch, is_public
from goldspan.annotate.gold_checks import check_sample
from goldspan.annotate.new_sample import add_page, scripted
from goldspan.core.text import build_stream
from goldspan.data.gold import read_sample
from goldspan.errors import CorpusError, UsageError
from goldspan.model import About, Page
from tests.helpers import ARTICLE, goldspan

pytest.importorskip("extruct", reason="the extra 'annotate' is not installed")

ABOUT = About(origin="crawled", page_type="news")
STORY = "".join(
    f"<p>Paragraph {n} of the story of the mill tells how the water rose by {n} hands in one night "
    f"while {word} slept above it.</p>"
    for n, word in enumerate("millers bakers smiths weavers potters tanners coopers dyers".split())
)
LONG = f'<!DOCTYPE html><html lang="en"><body><h1>The mill</h1>{STORY}</body></html>'


class _Site(BaseHTTPRequestHandler):
    """A small site with what a fetch can meet."""

    def do_GET(self) -> None:
        assert self.headers["Host"].startswith("127.0.0.1:")
        body, status, headers = ARTICLE.encode("latin-1"), 200, {"Content-Type": "text/html; charset=latin1"}
        if self.path == "/moved":
            status, headers = 302, {"Location": "/story"}
        elif self.path == "/round":
            status, headers = 302, {"Location": "/round"}
        elif self.path == "/inside":
            status, headers = 302, {"Location": "http://169.254.169.254/secret"}
        elif self.path == "/gone":
            status = 410
        elif self.path == "/image":
            headers = {"Content-Type": "image/png"}
        elif self.path == "/large":
            body, headers = gzip.compress(b"x" * 3_000_000), headers | {"Content-Encoding": "gzip"}
        elif self.path == "/text":
            body, headers = b"One line.\nAnother line.", {"Content-Type": "text/plain; charset=utf-8"}
        elif self.path == "/slow":
            threading.Event().wait(1.5)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_page_is_fetched_with_its_charset_and_time(site: str) -> None:
    got = fetch(f"{site}/story", private=True)
    assert got.data == ARTICLE.encode("latin-1")
    assert (got.charset, got.media, got.url) == ("latin1", "html", f"{site}/story")
    assert got.captured is not None
    assert fetch(f"{site}/moved", private=True).url == f"{site}/story"
    assert fetch(f"{site}/text", private=True).media == "text"


@pytest.mark.parametrize(
    ("path", "said"),
    [("/gone", "410"), ("/image", "image/png"), ("/large", "larger"), ("/round", "redirects"), ("/slow", "too long")],
)
def test_what_is_no_page_is_refused(site: str, path: str, said: str) -> None:
    seconds = 1 if path == "/slow" else 30
    with pytest.raises(UsageError, match=said):
        fetch(site + path, private=True, seconds=seconds, largest=1_000_000)


def test_nothing_is_fetched_from_a_private_network(site: str) -> None:
    for url in (f"{site}/story", "http://localhost:9/", "http://[::1]:9/", "http://10.0.0.1/", "http://0x7f.1/"):
        with pytest.raises(UsageError, match=r"private network|cannot be found"):
            fetch(url)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1",
     "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::ffff:10.0.0.1"],
)  # fmt: skip
def test_addresses_of_private_networks_are_known(address: str) -> None:
    assert not is_public(address)
    assert is_public("93.184.216.34")
    assert is_public("2606:4700::1111")


@pytest.mark.parametrize("url", ["ftp://x.example/", "file:///etc/passwd", "http://", "http://[", "javascript:1"])
def test_only_addresses_of_the_web_are_fetched(url: str) -> None:
    with pytest.raises(UsageError):
        fetch(url)


def test_a_saved_page_keeps_its_bytes(tmp_path: Path) -> None:
    data = ARTICLE.replace("heron", "h\u00e9ron").encode("latin-1")
    done = add_page(
        Capture(data, "https://www.gazette.example.co.uk/heron", "latin1", captured="2026-01-02"), tmp_path, about=ABOUT
    )
    assert done.folder.name.startswith("en-example-co-uk-")
    assert (done.folder / "page.html").read_bytes() == data
    sample = read_sample(done.folder)
    assert sample.page.charset == "latin1"
    assert sample.page.encoding == "windows-1252"
    assert sample.gold.about.site == "example.co.uk"
    assert [block.text for block in sample.gold.blocks or ()] == [block.text for block in build_stream(sample.page)]
    assert json.loads((done.folder / "gold.json").read_text())["page"]["captured"] == "2026-01-02"


def test_a_page_that_nobody_labelled_is_no_gold(tmp_path: Path) -> None:
    done = add_page(Capture(ARTICLE.encode()), tmp_path, about=ABOUT)
    errors = [incident for incident in check_sample(done.folder) if incident.level == "error"]
    assert len(errors) == 1
    assert "8 blocks from here on are not confirmed" in errors[0].what


def test_duplicates_are_refused_by_bytes_url_and_text(tmp_path: Path) -> None:
    add_page(Capture(LONG.encode(), "https://mill.example/a/"), tmp_path, about=ABOUT)
    with pytest.raises(UsageError, match="the page is there already"):
        add_page(Capture(LONG.encode(), "https://other.example/"), tmp_path, about=ABOUT)
    with pytest.raises(UsageError, match="of this URL"):
        add_page(Capture(ARTICLE.encode(), "http://mill.example/a#top"), tmp_path, about=ABOUT)
    again = LONG.replace("<h1>The mill</h1>", "<nav>Home</nav><h1>The old mill</h1>").replace("dyers", "carters")
    with pytest.raises(UsageError, match="of the page's text is that of"):
        add_page(Capture(again.encode(), "https://copy.example/"), tmp_path, about=ABOUT)
    add_page(Capture(again.encode(), "https://copy.example/"), tmp_path, about=ABOUT, duplicates=True)
    add_page(Capture(ARTICLE.encode(), "https://heron.example/"), tmp_path, about=ABOUT)
    assert len(list(tmp_path.iterdir())) == 3


def test_nothing_is_replaced_and_nothing_odd_is_named(tmp_path: Path) -> None:
    add_page(Capture(LONG.encode()), tmp_path, id="mine", about=ABOUT)
    with pytest.raises(UsageError, match="there already"):
        add_page(Capture(ARTICLE.encode()), tmp_path, id="mine", about=ABOUT)
    for id in ("../x", "", "a/b", ".hidden"):
        if id:
            with pytest.raises(UsageError, match="is no id"):
                add_page(Capture(ARTICLE.encode()), tmp_path, id=id, about=ABOUT)
    with pytest.raises(CorpusError, match="no text"):
        add_page(Capture(b"<html><script>1</script></html>"), tmp_path, about=ABOUT)


def test_plain_text_is_a_page_too(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text("The mill\n\nThe water rose.\n", encoding="utf-8")
    done = add_page(read_capture(path, "https://mill.example/"), tmp_path / "s", about=ABOUT)
    sample = read_sample(done.folder)
    assert sample.page.media == "text"
    assert [block.text for block in sample.gold.blocks or ()] == ["The mill", "The water rose."]


MHTML = """From: <Saved by a browser>
Snapshot-Content-Location: https://mill.example/story
Subject: The mill
Date: Tue, 3 Mar 2026 10:00:00 -0000
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="----x"

------x
Content-Type: text/html
Content-ID: <frame-1@mhtml>
Content-Transfer-Encoding: quoted-printable
Content-Location: https://mill.example/story

<!DOCTYPE html><html><head><meta charset=3D"utf-8"></head><body><p>The m=C3=BCller wa=
kes.</p></body></html>
------x
Content-Type: text/css
Content-Location: https://mill.example/style.css

p { color: red }
------x--
"""


def test_a_browsers_single_file_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "story.mhtml"
    path.write_text(MHTML.replace("\n", "\r\n"), encoding="ascii", newline="")
    got = read_capture(path)
    assert got.url == "https://mill.example/story"
    assert got.captured is not None
    assert got.captured.startswith("2026-03-03T10:00")
    assert [block.text for block in build_stream(Page("x", got.data))] == ["The müller wakes."]
    path.write_text("no archive at all", encoding="ascii")
    with pytest.raises(CorpusError, match="no MHTML"):
        read_capture(path)


def _record(url: str, body: bytes, status: str = "200 OK", media: str = "text/html; charset=koi8-r") -> bytes:
    http = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n\r\n".encode() + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-03-03T10:00:00Z\r\n"
    head += f"WARC-Record-ID: <urn:uuid:{abs(hash(url)):032x}>\r\nContent-Type: application/http; msgtype=response\r\n"
    return head.encode() + f"Content-Length: {len(http)}\r\n\r\n".encode() + http + b"\r\n\r\n"


def test_a_record_of_a_warc_is_taken_by_its_url(tmp_path: Path) -> None:
    pytest.importorskip("fastwarc", reason="the extra 'annotate' is not installed")
    one, other = ("https://mill.example/a", ARTICLE.encode("koi8-r")), ("https://mill.example/b", LONG.encode())
    records = _record(*one) + _record("https://mill.example/x", b"gone", "404 Not Found") + _record(*other)
    records += _record("https://mill.example/i.png", b"png", media="image/png")
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(gzip.compress(records))
    got = read_capture(path, "https://mill.example/a")
    assert (got.data, got.charset) == (one[1], "koi8-r")
    assert got.captured is not None
    with pytest.raises(UsageError, match=r"holds 2 pages.*mill.example/a, https://mill.example/b"):
        read_capture(path)
    with pytest.raises(UsageError, match=r"holds no page https://mill.example/x"):
        read_capture(path, "https://mill.example/x")
    (tmp_path / "odd.warc").write_bytes(b"this is no archive")
    with pytest.raises((UsageError, CorpusError)):
        read_capture(tmp_path / "odd.warc")


HEAD = """<html lang="en-GB"><head><title>The mill | Gazette</title>
<script type="application/ld+json">{"@graph": [{"@type": "Organization", "name": "Gazette Ltd"},
 {"@type": "NewsArticle", "headline": "The mill", "author": [{"name": "Ada Ferring"}, {"name": "Tom Reed"}],
  "datePublished": "2026-03-03T10:00:00+0100", "publisher": {"name": "Gazette"}}]}</script>
<script type="application/ld+json">{ broken</script>
<meta property="og:title" content="The mill at night"><meta property="og:locale" content="en_GB">
<meta property="article:author" content="https://social.example/ada"><meta name="author" content="Ada Ferring">
</head><body itemscope itemtype="https://schema.org/Article"><h1 itemprop="headline">The mill at noon</h1>
<time datetime="2026-03-03">Tuesday</time></body></html>"""


def test_candidates_name_their_source() -> None:
    found = [(one.field, one.value, one.source) for one in find_candidates(Page("x", HEAD.encode()))]
    assert ("title", "The mill", "json-ld headline") in found
    assert ("authors", "Tom Reed", "json-ld author") in found
    assert ("published", "2026-03-03T10:00:00+01:00", "json-ld datePublished") in found
    assert ("title", "The mill at noon", "microdata headline") in found
    assert ("title", "The mill at night", "opengraph og:title") in found
    assert ("title", "The mill | Gazette", "title element") in found
    assert ("publisher", "Gazette", "json-ld publisher") in found
    assert ("language", "en-GB", "opengraph og:locale") in found
    assert not [one for one in found if "social.example" in one[1] or one[1] == "Gazette Ltd"]
    assert len({one[:2] for one in found}) == len(found)


@pytest.mark.parametrize(
    ("text", "date"),
    [("2017", "2017"), ("2017-02-13", "2017-02-13"), ("2017-02-13 09:30", "2017-02-13T09:30"),
     ("March 2021", "2021-03"), ("13 February 2017", "2017-02-13"), ("13 February", None),
     ("Feb 13, 2017 9:30 AM", "2017-02-13T09:30"),
     ("yesterday", None), ("", None), ("2026-03-03T10:00:00+0100", "2026-03-03T10:00:00+01:00")],
)  # fmt: skip
def test_a_date_keeps_its_precision(text: str, date: str | None) -> None:
    assert iso_date(text) == date


def test_a_page_that_scripts_build_is_told() -> None:
    def warning(html: str) -> str | None:
        page = Page("x", html.encode())
        return scripted(page, build_stream(page))

    assert warning(LONG) is None
    state = json.dumps({"props": {"story": [f"{n} {STORY}" for n in range(3)]}})
    shell = f'<div id="root">Please wait</div><script id="__NEXT_DATA__" type="application/json">{state}</script>'
    assert "stand only in the page's scripts" in (warning(shell) or "")
    assert warning(LONG + f'<script type="application/json">{state}</script>') is None
    program = "var a = 1;\n" * 3000
    assert "may be built by them" in (warning(f"<div id=app>Loading</div><script>{program}</script>") or "")


def test_few_real_pages_are_taken_for_programs(shared_corpora: Path) -> None:
    told = []
    paths = sorted((shared_corpora / "aeb" / "html").iterdir())[:60]
    for path in paths:
        page = Page(path.name, gzip.decompress(path.read_bytes()), encoding="utf-8")
        told += [path.name] if scripted(page, build_stream(page)) else []
    assert len(told) <= 3


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(HEAD.replace("<h1", "<p>" + "word " * 30 + "</p><h1"), encoding="utf-8")
    done = goldspan("add", "page.html", "--url", "https://mill.example/", "--id", "mill", cwd=tmp_path)
    assert "3 blocks" in done.stdout
    assert "json-ld headline" in done.stdout
    assert "goldspan annotate mill" in done.stderr
    assert "there already" in goldspan("add", "page.html", cwd=tmp_path, code=2).stderr
    assert "no file" in goldspan("add", "nowhere.html", cwd=tmp_path, code=2).stderr
    assert "no page type" in goldspan("add", "page.html", "--page-type", "novel", cwd=tmp_path, code=2).stderr
