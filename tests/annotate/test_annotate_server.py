"""The annotator's server: what it refuses, what it saves, and that nobody's work is overwritten."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate.capture import Capture
from goldspan.annotate.gold_checks import check_sample
from goldspan.annotate.new_sample import add_page
from goldspan.annotate.page_view import build_view, runs_of
from goldspan.annotate.server import LARGEST, Served, bind, frame_key
from goldspan.annotate.session import open_session
from goldspan.core.text import build_stream
from goldspan.data.gold import read_sample
from goldspan.errors import CorpusError, UsageError
from goldspan.model import About, Page
from tests.browser import serving
from tests.helpers import ARTICLE, LABELS

httpx = pytest.importorskip("httpx", reason="the extra 'annotate' is not installed")
pytest.importorskip("starlette", reason="the extra 'annotate' is not installed")


def make_samples(folder: Path) -> Path:
    about = About(language="en", page_type="news", origin="crawled")
    for name in ("one", "two"):
        html = ARTICLE.replace("Tuesday", f"Tuesday of week {name}")
        add_page(Capture(html.encode(), f"https://{name}.example/"), folder, id=name, about=about, duplicates=True)
    return folder


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    return make_samples(tmp_path / "samples")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = make_samples(tmp_path_factory.mktemp("served"))
    with serving(open_session(folder, ["one"], "ada")) as running:
        yield running


def ask(served: Served, method: str = "GET", path: str = "/api/samples/one", **changes: Any) -> Any:
    """A request as the annotator's page sends it, with some of its headers changed; None takes one out."""
    headers = {"Authorization": f"Bearer {served.token}", "Content-Type": "application/json", "Origin": served.origin}
    content = changes.pop("content", b"{}" if method in ("PUT", "POST") else None)
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    kept = {name: value for name, value in headers.items() if value is not None}
    return httpx.request(method, served.origin + path, headers=kept, content=content, trust_env=False)


def test_the_page_itself_may_ask(served: Served) -> None:
    answer = ask(served)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers
    assert ask(served, Origin=None).status_code == 200
    assert ask(served, "POST", "/api/date", content=b'{"text": "3 March 2024"}').json() == {"date": "2024-03-03"}


REFUSED: dict[str, tuple[int, str, str, dict[str, Any]]] = {
    "another host": (421, "GET", "/api/samples/one", {"Host": "evil.example"}),
    "another port": (421, "GET", "/api/samples/one", {"Host": "127.0.0.1:1"}),
    "a name for this machine": (421, "GET", "/", {"Host": "localhost"}),
    "another origin": (403, "GET", "/api/samples/one", {"Origin": "https://evil.example"}),
    "an opaque origin": (403, "PUT", "/api/samples/one", {"Origin": "null"}),
    "no origin, and a change": (403, "PUT", "/api/samples/one", {"Origin": None}),
    "another origin's port": (403, "PUT", "/api/samples/one", {"Origin": "http://127.0.0.1:1"}),
    "https": (403, "PUT", "/api/samples/one", {"Origin": "https://127.0.0.1"}),
    "from another site": (403, "GET", "/", {"Sec_Fetch_Site": "cross-site"}),
    "from a frame of the page": (403, "GET", "/frame/one/x", {"Sec_Fetch_Site": "cross-site"}),
    "no token": (401, "GET", "/api/samples/one", {"Authorization": None}),
    "another token": (401, "GET", "/api/start", {"Authorization": "Bearer nonsense"}),
    "the token as a password": (401, "GET", "/api/start", {"Authorization": "Basic nonsense"}),
    "a token and a change": (401, "PUT", "/api/samples/one", {"Authorization": "Bearer"}),
    "a form": (415, "PUT", "/api/samples/one", {"Content_Type": "application/x-www-form-urlencoded"}),
    "text": (415, "POST", "/api/date", {"Content_Type": "text/plain"}),
    "no type": (415, "POST", "/api/date", {"Content_Type": None}),
    "no JSON": (400, "PUT", "/api/samples/one", {"content": b"label=body"}),
    "no object": (400, "PUT", "/api/samples/one", {"content": b"[]"}),
    "an abyss": (400, "PUT", "/api/samples/one", {"content": b"[" * 100_000}),
    "another method": (405, "POST", "/api/samples/one", {}),
    "deleting": (405, "DELETE", "/api/samples/one", {}),
    "writing the page": (405, "PUT", "/", {}),
    "a sample that is not open": (404, "GET", "/api/samples/two", {}),
    "a sample that is not there": (404, "PUT", "/api/samples/three", {}),
    "a path upwards": (404, "GET", "/api/samples/..%2f..%2fetc", {}),
    "a path upwards in a file": (404, "GET", "/static/..%2fserver.py", {}),
    "a path upwards in a frame": (404, "GET", "/frame/..%2fone/x", {}),
    "a frame without its key": (404, "GET", "/frame/one/0123456789abcdef0123456789abcdef", {}),
    "an unknown path": (404, "GET", "/etc/passwd", {}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(served: Served, what: str) -> None:
    status, method, path, changes = REFUSED[what]
    gold = served.session.path("one").read_bytes()
    answer = ask(served, method, path, **changes)
    assert answer.status_code == status, answer.text
    assert served.token not in answer.text
    assert served.session.path("one").read_bytes() == gold


def test_bodies_that_are_too_large_are_refused(served: Served) -> None:
    """With their length, and in chunks without it. The server may close the connection before all was sent."""
    chunks = (b" " * 2**20 for _ in range(LARGEST // 2**20 + 2))
    for large in (b" " * (LARGEST + 1), chunks):
        try:
            assert ask(served, "PUT", content=large).status_code == 413
        except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            pass
        assert ask(served).status_code == 200


def test_a_second_host_header_does_not_help(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as line:
        request = f"GET /api/start HTTP/1.1\r\nHost: evil.example\r\nHost: 127.0.0.1:{served.port}\r\n"
        line.sendall(f"{request}Authorization: Bearer {served.token}\r\nConnection: close\r\n\r\n".encode())
        assert line.recv(100).split()[1] in (b"400", b"421")


def test_it_listens_on_loopback_only() -> None:
    bound = bind()
    assert bound.getsockname()[0] == "127.0.0.1"
    assert bound.getsockname()[1] > 1023
    bound.close()


def test_a_frame_is_served_under_a_policy_of_its_own(served: Served) -> None:
    path = f"/frame/one/{frame_key(served.token, 'one')}"
    one, other = ask(served, path=path), ask(served, path=path)
    policy = one.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-scripts;" in policy
    assert "allow-same-origin" not in policy
    assert "unsafe" not in policy
    assert policy != other.headers["content-security-policy"]  # a nonce serves once
    assert served.token not in one.text
    assert served.token not in path
    index = ask(served, path="/")
    assert 'sandbox="allow-scripts"' in index.text
    assert "frame-ancestors 'none'" in index.headers["content-security-policy"]
    assert served.token not in index.text


# Saving


def work(state: dict[str, Any], labels: tuple[str, ...] = LABELS, **changes: Any) -> dict[str, Any]:
    blocks = [{"label": label, **({"role": "p"} if label == "body" else {})} for label in labels]
    sent = {"version": state["version"], "blocks": blocks, "open": [], "unsure": [], "about": state["about"]}
    return sent | {"metadata": {"title": "Heron returns to the mill pond"}} | changes


def test_labels_are_saved_and_nothing_else_changes(samples: Path) -> None:
    session = open_session(samples, ["one"], "ada")
    before = read_sample(samples / "one")
    version = session.save("one", work(session.state("one"), unsure=[3]))
    after = read_sample(samples / "one")
    assert [block.label for block in after.gold.blocks or ()] == list(LABELS)
    assert [block.text for block in after.gold.blocks or ()] == [block.text for block in before.gold.blocks or ()]
    assert after.page == before.page
    assert after.gold.provenance["annotators"] == ["ada"]
    assert after.gold.provenance["unsure"] == [3]
    assert [str(one.level) for one in check_sample(samples / "one")] == ["warning"]
    assert session.state("one")["version"] == version


def test_work_of_another_is_not_overwritten(samples: Path) -> None:
    session, other = open_session(samples, ["one"], "ada"), open_session(samples, ["one"], "bob")
    mine, theirs = session.state("one"), other.state("one")
    other.save("one", work(theirs))
    kept = (samples / "one" / "gold.json").read_bytes()
    with serving(session) as served:
        answer = ask(served, "PUT", content=json.dumps(work(mine, ("body",) * 8)).encode())
    assert answer.status_code == 409
    assert "changed by another program" in answer.json()["error"]
    assert (samples / "one" / "gold.json").read_bytes() == kept


WRONG: dict[str, dict[str, Any]] = {
    "no version": {"version": None},
    "a label that is none": {"blocks": [{"label": "nonsense"}] * 8},
    "no label": {"blocks": [{}] * 8},
    "too few blocks": {"blocks": [{"label": "body"}] * 7},
    "no blocks": {"blocks": "all"},
    "a span outside": {"blocks": [{"label": "body", "spans": [{"start": 0, "end": 9999, "label": "share"}]}] * 8},
    "a copy of itself": {"blocks": [{"label": "body", "duplicate_of": n} for n in range(8)]},
    "a field that is none": {"metadata": {"colour": "red"}},
    "a date that is none": {"metadata": {"published": "yesterday"}},
    "ranges that are none": {"open": ["all"]},
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_is_not_saved(samples: Path, what: str) -> None:
    session = open_session(samples, ["one"], "ada")
    kept = (samples / "one" / "gold.json").read_bytes()
    with serving(session) as served:
        sent = work(session.state("one")) | WRONG[what]
        answer = ask(served, "PUT", content=json.dumps(sent).encode())
    assert answer.status_code in (409, 422)
    assert "Traceback" not in answer.text
    assert (samples / "one" / "gold.json").read_bytes() == kept


def test_the_text_of_a_block_cannot_be_sent(samples: Path) -> None:
    session = open_session(samples, ["one"], "ada")
    sent = work(session.state("one"))
    for block in sent["blocks"]:
        block |= {"text": "something else", "hidden": True, "source": "json-ld", "evil": 1}
    session.save("one", sent)
    assert read_sample(samples / "one").gold.blocks[0].text == "Home News from the valley"  # type: ignore[index]


def test_a_blind_annotator_sees_no_labels_and_writes_their_own(samples: Path) -> None:
    open_session(samples, ["one"], "ada").save("one", work(open_session(samples, ["one"], "ada").state("one")))
    gold = (samples / "one" / "gold.json").read_bytes()
    session = open_session(samples, ["one"], "bob", "blind")
    state = session.state("one")
    assert {block["label"] for block in state["blocks"]} == {"other"}
    assert all(block["open"] for block in state["blocks"])
    assert not [block for block in state["blocks"] if "draft" in block]
    assert state["metadata"] == {}
    session.save("one", work(state))
    assert (samples / "one" / "gold.json").read_bytes() == gold
    stored = json.loads((samples / "one" / "labels" / "bob.json").read_text(encoding="utf-8"))
    assert [block["label"] for block in stored["blocks"]] == list(LABELS)
    assert (stored["annotator"], stored["blind"]) == ("bob", True)
    assert not [block for block in stored["blocks"] if "text" in block]
    again = session.state("one")
    assert [block["label"] for block in again["blocks"]] == list(LABELS)
    session.save("one", work(again))


def test_faults_of_use_are_one_line(samples: Path) -> None:
    with pytest.raises(UsageError, match="no sample 'three'"):
        open_session(samples, ["three"], None)
    with pytest.raises(UsageError, match="need a name"):
        open_session(samples, [], None, "blind")
    with pytest.raises(UsageError, match="cannot be a name"):
        open_session(samples, [], "../ada", "blind")
    with pytest.raises(CorpusError, match="no samples"):
        open_session(samples / "one" / "labels", [], None)


# What the browser is sent


def texts(html: str) -> tuple[list[str], list[str]]:
    page = Page("x", html.encode(), encoding="utf-8")
    blocks = build_stream(page)
    shown = [""] * len(blocks)
    for number, text in runs_of(build_view(page, blocks)):
        shown[number] += text
    return shown, [block.text for block in blocks]


@pytest.mark.parametrize(
    "html",
    ["", "<p>", "bare", "<p>a<br>b<br><br>c", "<pre>\n a\n\tb<br>c</pre>", "<table><p>x<tr><td>1<th>3</table>y",
     "<a>one<a>two<p>three</a>four", "<b>1<p>2</b>3", "<select><option>a<option>b</select>", "a<!-- x -->b<svg>s</svg>",
     "<noscript><p>n</p></noscript>", "<p>a&nbsp;&nbsp;b\u200b</p>\ufeff", "<ruby>漢<rt>kan</rt></ruby>",
     "<frameset><frame>", "<math><mi>x</mi><annotation>y</annotation></math>", "<p>a" + "<div>" * 2000 + "deep",
     "<x-y>a</x-y><gs-run>b</gs-run>", "<details><summary>s</summary>t</details><dialog>d</dialog>",
     "<p>\u0000a\u2028b</p>", "<body><p>a</body>b</html>c"],
)  # fmt: skip
def test_every_run_of_text_has_its_blocks_number(html: str) -> None:
    shown, stream = texts(html)
    assert shown == stream


def test_the_view_of_real_pages_holds_their_stream(shared_corpora: Path) -> None:
    from goldspan.data.corpora import open_corpus

    for kind in ("trafilatura", "readability"):
        corpus = open_corpus(f"{kind}:{shared_corpora / kind}")
        for id in corpus.ids[::5]:
            page = corpus.plain(id).page
            blocks = build_stream(page)
            shown = [""] * len(blocks)
            for number, text in runs_of(build_view(page, blocks)):
                shown[number] += text
            assert shown == [block.text for block in blocks], id


def test_places_tell_roles_cells_subtrees_and_what_is_alike() -> None:
    html = """<ul class="m-1"><li>a<li>b</ul><ul class="m-2"><li>c</ul><h2>t</h2><blockquote><p>q</blockquote>
    <table><tr><td>layout</table><table><tr><th>h<td colspan=2>i<td>j<tr><td>k</table><p>e <b>f</b></p>"""
    page = Page("x", html.encode(), encoding="utf-8")
    blocks = build_stream(page)
    view = build_view(page, blocks)
    assert [place.role for place in view.places] == "li li li h2 quote cell cell cell cell cell p".split()
    assert [place.cell for place in view.places[5:]] == [(0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 0, 3), (1, 1, 0), None]
    alike = [place.alike for place in view.places]
    assert alike[0] == alike[1] == alike[2]
    assert len(set(alike[2:5])) == 3
    assert (0, 2) in view.subtrees
    assert (6, 10) in view.subtrees
    assert (0, 11) in view.subtrees
