"""The annotator's page in a real browser: it is safe, shows the stream, and labels a page from end to end."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from goldspan.annotate.capture import Capture
from goldspan.annotate.gold_checks import check_sample
from goldspan.annotate.new_sample import add_page
from goldspan.annotate.server import frame_html
from goldspan.annotate.session import open_session
from goldspan.core.text import build_stream
from goldspan.data.corpora import open_corpus
from goldspan.data.gold import read_sample
from goldspan.model import About
from tests.browser import axe_source, chromium, open_page, serving, wide_table
from tests.helpers import ARTICLE, LABELS, goldspan
from tests.hostile import VECTORS, hostile_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ABOUT = About(language="en", page_type="news", origin="crawled")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def saved(page: Page) -> None:
    page.locator("#status:text-is('saved')").wait_for(timeout=20_000)


def sample(folder: Path, html: str, name: str = "one") -> Path:
    add_page(Capture(html.encode(), "https://gazette.example/"), folder, id=name, about=ABOUT, duplicates=True)
    return folder


def labels(folder: Path, name: str = "one") -> list[str]:
    return [block.label for block in read_sample(folder / name).gold.blocks or ()]


# Safety


@pytest.fixture
def counter() -> Iterator[tuple[str, list[str]]]:
    """A server that remembers every connection and request, and its address."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            seen.append("connection")
            super().setup()

        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


def test_a_hostile_page_loads_nothing_and_changes_nothing(
    browser: Browser, tmp_path: Path, counter: tuple[str, list[str]]
) -> None:
    assert len(VECTORS) >= 30
    url, seen = counter
    folder = sample(tmp_path, hostile_page(url))
    gold = (folder / "one" / "gold.json").read_bytes()
    with serving(open_session(folder, ["one"], "ada")) as served:
        page = browser.new_page()
        asked: list[str] = []
        page.context.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
        page.on("popup", lambda popup: asked.append("popup"))
        page.goto(served.address)
        page.wait_for_selector("body[data-ready=one]")
        before = page.evaluate(
            "[document.title, location.href, document.querySelectorAll('*').length, edit => 0].join()"
        )
        frame = page.frames[1]
        frame.evaluate(
            """() => { for (const element of document.querySelectorAll('*'))
            for (const name of ['click', 'mouseover', 'focus', 'load', 'error', 'toggle'])
                element.dispatchEvent(new Event(name, { bubbles: true })); }"""
        )
        page.wait_for_timeout(1500)
        after = page.evaluate(
            "[document.title, location.href, document.querySelectorAll('*').length, edit => 0].join()"
        )
        assert (
            frame.evaluate("document.querySelectorAll('script, iframe, img, svg, link, meta, base, form').length") <= 1
        )
        assert frame.evaluate(
            "[...document.querySelectorAll('*')]"
            ".every(e => ![...e.attributes].some(a => a.name[0] == 'o' && a.name[1] == 'n'))"
        )
        page.close()
    assert seen == []
    assert [one for one in asked if not one.startswith(served.origin)] == []
    assert before.split(",")[:2] == after.split(",")[:2]
    assert (folder / "one" / "gold.json").read_bytes() == gold


ESCAPES = {
    "fetch": "await fetch('{url}/fetch')",
    "image": "await new Promise((ok, no) => {{ const i = new Image(); i.onload = ok; i.onerror = no;"
    " i.src = '{url}/i' }})",
    "script": "await new Promise((ok, no) => {{ const s = document.createElement('script'); s.onload = ok;"
    " s.onerror = no; s.src = '{url}/s'; document.body.append(s) }})",
    "style": "await new Promise((ok, no) => {{ const s = document.createElement('link'); s.rel = 'stylesheet';"
    " s.onload = ok; s.onerror = no; s.href = '{url}/c'; document.head.append(s) }})",
    "beacon": "if (!navigator.sendBeacon('{url}/b')) throw 1; await new Promise(ok => setTimeout(ok, 300)); throw 1",
    "worker": "new Worker('{url}/w')",
    "data worker": "await new Promise((ok, no) => {{ const w = new Worker('data:text/javascript,1'); "
    "w.onerror = no }})",
    "socket": "await new Promise((ok, no) => {{ const w = new WebSocket('{ws}'); w.onopen = ok; w.onerror = no }})",
    "the window above": "top.document.title",
    "the window's storage": "localStorage.length",
    "cookies": "document.cookie",
    "going elsewhere above": "top.location.href = '{url}/top'; await new Promise(ok => setTimeout(ok, 300)); throw 1",
    "a new window": "if (!window.open('{url}/open')) throw 1",
    "a form": "const f = document.createElement('form'); f.action = '{url}/form'; document.body.append(f); f.submit();"
    " await new Promise(ok => setTimeout(ok, 300)); throw 1",
    "a frame": "const f = document.createElement('iframe'); f.src = '{url}/frame'; document.body.append(f);"
    " await new Promise(ok => setTimeout(ok, 300)); throw 1",
    "the server": "await fetch('{origin}/api/start')",
}  # fmt: skip


def test_even_a_script_in_the_frame_would_get_nowhere(
    browser: Browser, tmp_path: Path, counter: tuple[str, list[str]]
) -> None:
    """The second wall: had a script of the page run, sandbox and policy would stop it."""
    url, seen = counter
    with serving(open_session(sample(tmp_path, ARTICLE), ["one"], "ada")) as served:
        page = open_page(browser, served)
        title = page.title()
        for name, code in ESCAPES.items():
            frame = page.frames[1]
            code = code.format(url=url, ws=url.replace("http", "ws"), origin=served.origin)
            done = frame.evaluate(f"async () => {{ try {{ {code}; return 'done' }} catch {{ return 'stopped' }} }}")
            assert done == "stopped", name
        assert page.url.startswith(served.origin)
        assert page.title() == title
        page.close()
    # Chromium may open a connection for a frame before it asks the policy; nothing is sent over it.
    assert [path for path in seen if path != "connection"] == []


def test_messages_of_others_are_not_heard(browser: Browser, tmp_path: Path) -> None:
    folder = sample(tmp_path, ARTICLE)
    with serving(open_session(folder, ["one"], "ada")) as served:
        page = open_page(browser, served)
        page.evaluate("window.postMessage({ type: 'key', key: 'b' }, '*')")
        for odd in (
            "null", "'b'", "{ type: 'pick', block: 1e9 }", "{ type: 'pick', block: '1' }",
            "{ type: '__proto__' }", "{ type: 'key', key: {} }", "{ type: 'key', key: 'constructor' }",
        ):  # fmt: skip
            page.frames[1].evaluate(f"parent.postMessage({odd}, '*')")
        page.wait_for_timeout(700)
        assert page.text_content("#done") == "0 of 8"
        page.frames[1].evaluate("parent.postMessage({ type: 'key', key: 'n' }, '*')")
        saved(page)
        assert labels(folder)[0] == "navigation"
        page.close()


def test_a_page_of_the_frame_alone_has_no_origin(browser: Browser, tmp_path: Path) -> None:
    with serving(open_session(sample(tmp_path, ARTICLE), ["one"], "ada")) as served:
        page = open_page(browser, served)
        alone = browser.new_page()
        alone.goto(page.frames[1].url)
        assert alone.evaluate("self.origin") == "null"
        alone.close()
        page.close()


# The stream


def test_the_text_of_100_real_pages_survives_the_browser(
    browser: Browser, shared_corpora: Path, tmp_path: Path
) -> None:
    """Every block of every page: the text in the frame is the stream."""
    pages = []
    for kind, every in (("aeb", 5), ("wcxb", 10), ("trafilatura", 6)):
        corpus = open_corpus(f"{kind}:{shared_corpora / kind}")
        pages += [(f"{kind}-{n}", corpus.plain(id).page) for n, id in enumerate(corpus.ids[::every])]
    assert len(pages) >= 100
    wrong, blocks = [], 0
    for name, page in pages:
        html = page.data.decode(page.encoding or "utf-8", "replace")
        add_page(Capture(html.encode("utf-8", "replace")), tmp_path, id=name, about=ABOUT, duplicates=True)
    session = open_session(tmp_path, [], "ada")
    with serving(session) as served:
        tab = browser.new_page()
        for name, _ in pages:
            tab.set_content(frame_html(served, name, "n"), wait_until="domcontentloaded")
            found: list[str] = tab.evaluate(
                """() => { const all = []; for (const run of document.querySelectorAll('gs-run'))
                all[run.dataset.block] = (all[run.dataset.block] ?? '') + run.textContent; return all; }"""
            )
            stream = [block.text for block in build_stream(read_sample(tmp_path / name).page)]
            blocks += len(stream)
            if found != stream:
                wrong.append(name)
        tab.close()
    assert wrong == []
    assert blocks > 10_000


# Labelling


def test_keys_of_every_kind(browser: Browser, tmp_path: Path) -> None:
    folder = sample(tmp_path, ARTICLE)
    with serving(open_session(folder, ["one"], "ada")) as served:
        page = open_page(browser, served)
        keys = page.keyboard
        for label in "ntybbvbl":
            keys.press(label)
            keys.press("j")
        keys.press("k")
        keys.press("u")
        assert page.text_content("#done") == "8 of 8"
        saved(page)
        assert labels(folder) == list(LABELS)
        gold = read_sample(folder / "one").gold
        assert gold.provenance["unsure"] == [6]
        assert gold.provenance["annotators"] == ["ada"]
        assert [block.role for block in gold.blocks or ()] == [None, "h1", None, "p", "p", None, "p", None]
        # A range, an undo, a role, a copy, all alike.
        keys.press("Home")
        keys.press("J")
        keys.press("J")
        keys.press("r")
        keys.press("z")
        keys.press("End")
        keys.press("k")
        keys.press("8")
        keys.press("=")
        page.frame_locator("#frame").locator("gs-run[data-block='3']").click()
        page.wait_for_timeout(100)
        keys.press("k")
        keys.press("k")
        keys.press("a")
        assert page.locator("#blocks .chosen").count() == 3
        saved(page)
        blocks = read_sample(folder / "one").gold.blocks or ()
        assert [block.label for block in blocks] == list(LABELS)
        assert (blocks[6].role, blocks[6].duplicate_of) == ("quote", 3)
        page.close()


def test_pointing_dragging_and_selecting_text(browser: Browser, tmp_path: Path) -> None:
    folder = sample(tmp_path, ARTICLE)

    def move(number: int) -> None:
        box = page.locator(f"#block-{number}").bounding_box()
        assert box
        page.mouse.move(box["x"] + 22, box["y"] + 8)
        page.mouse.move(box["x"] + 20, box["y"] + 8)
        page.locator(f"#block-{number}.current").wait_for()

    with serving(open_session(folder, ["one"], "ada")) as served:
        page = open_page(browser, served)
        move(2)
        page.keyboard.press("y")
        move(3)
        page.mouse.down()
        move(6)
        page.mouse.up()
        move_away = page.locator("#block-1").bounding_box()
        assert move_away
        page.mouse.move(move_away["x"] + 20, move_away["y"] + 8)
        page.wait_for_timeout(200)
        assert page.locator("#blocks .chosen").count() == 4  # what was chosen on purpose stays
        page.keyboard.press("b")
        move(0)
        page.keyboard.press("n")
        # A word of a block becomes a span.
        box = page.locator("#block-3 .text").bounding_box()
        assert box
        page.mouse.dblclick(box["x"] + 24, box["y"] + 8)
        word = page.evaluate("getSelection().toString().trim()")
        assert word
        page.keyboard.press("h")
        saved(page)
        page.close()
    blocks = read_sample(folder / "one").gold.blocks or ()
    assert [block.label for block in blocks[2:7]] == ["byline", "body", "body", "body", "body"]
    assert blocks[0].label == "navigation"
    (span,) = blocks[3].spans
    assert (blocks[3].text[span.start : span.end], span.label) == (word, "share")


def test_the_row_under_the_mouse_is_the_one_that_a_click_chooses_far_down_the_list(
    browser: Browser, tmp_path: Path
) -> None:
    """Rows that are seen for the first time must not grow: the list would move away under the mouse."""
    prose = "".join(f"<p>{f'Paragraph {n} tells of the tides. ' * 12}" for n in range(200))
    folder = sample(tmp_path, f"<!DOCTYPE html><body>{prose}</body>")
    with serving(open_session(folder, ["one"], "ada")) as served:
        page = open_page(browser, served)
        row = page.locator("#block-150")
        row.scroll_into_view_if_needed()
        before = row.bounding_box()
        assert before
        page.mouse.move(before["x"] + 22, before["y"] + 8)
        page.mouse.move(before["x"] + 20, before["y"] + 8)
        page.locator("#block-150.current").wait_for()
        page.wait_for_timeout(300)
        assert row.bounding_box() == before
        page.mouse.down()
        page.mouse.up()
        assert page.locator("#blocks .chosen").get_attribute("id") == "block-150"
        # And a jump by key ends where the block is.
        page.keyboard.press("Home")
        page.keyboard.press("End")
        page.wait_for_timeout(300)
        box, pane = page.locator("#block-199").bounding_box(), page.locator("#blocks").bounding_box()
        assert box
        assert pane
        assert pane["y"] <= box["y"] <= pane["y"] + pane["height"]
        page.close()


def test_a_page_of_3000_blocks_answers_keys(browser: Browser, tmp_path: Path) -> None:
    """How fast, tests/speed measures."""
    folder = sample(tmp_path, wide_table(1000))
    with serving(open_session(folder, ["one"], "ada")) as served:
        page = open_page(browser, served)
        assert page.locator("#blocks li").count() == 3000
        for key in "jjnjb":
            page.keyboard.press(key)
        # All of them: rows far from the current one follow, in the frame too, and go back.
        runs = page.frame_locator("#frame").locator("gs-run.gs-chosen.gs-noise")
        for key in ("Home", "Shift+End", "f"):
            page.keyboard.press(key)
        page.locator("#blocks .chosen [title=footer]").nth(2999).wait_for(state="attached")
        runs.nth(2999).wait_for(state="attached")
        page.keyboard.press("z")
        runs.nth(1).wait_for(state="detached")
        page.wait_for_function("!document.querySelector('#blocks [title=footer]')")
        assert page.locator("#blocks .chosen, #blocks [aria-selected=true]").count() == 1
        saved(page)
        page.close()
    assert labels(folder)[2] == "navigation"
    assert "footer" not in labels(folder)


def test_the_page_is_accessible(browser: Browser, tmp_path: Path) -> None:
    source = axe_source()
    with serving(open_session(sample(tmp_path, ARTICLE), ["one"], "ada")) as served:
        page = open_page(browser, served)
        for key in "njx":
            page.keyboard.press(key)
        page.evaluate(source)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            # The page in the frame is somebody else's; ours is around it.
            found = page.evaluate("axe.run({ exclude: ['#frame'] }, { resultTypes: ['violations'] })")
            serious = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
            assert [(one["id"], one["nodes"][0]["html"][:120]) for one in serious] == [], scheme
        page.close()


def real_page(corpora: Path) -> tuple[Any, str]:
    """A real article page of middling size, and its address."""
    corpus = open_corpus(f"aeb:{corpora / 'aeb'}")
    for id in corpus.ids:
        page = corpus.plain(id).page
        if 60 <= len(build_stream(page)) <= 120:
            return page, page.url or "https://news.example/"
    raise AssertionError("no page of middling size")


def test_a_real_page_from_adding_to_agreement(browser: Browser, shared_corpora: Path, tmp_path: Path) -> None:
    page_, url = real_page(shared_corpora)
    (tmp_path / "page.html").write_bytes(page_.data)
    goldspan("add", "page.html", "--url", url, "--id", "real", "--language", "en", "--page-type", "news", cwd=tmp_path)
    folder = tmp_path / "my-samples"
    stream = [block.text for block in build_stream(page_)]
    longest = max(range(len(stream)), key=lambda number: len(stream[number].split()))
    for annotator, blind in (("ada", False), ("bob", True), ("cy", True)):
        session = open_session(folder, ["real"], annotator, "blind" if blind else "open")
        with serving(session) as served:
            label_everything(browser, served, stream, longest, sure=annotator != "cy")
    done = goldspan("check", "my-samples", cwd=tmp_path)
    assert "1 samples, 0 errors" in done.stderr
    gold = read_sample(folder / "real").gold
    blocks = gold.blocks or ()
    assert blocks[longest].label == "body"
    (span,) = blocks[longest].spans
    assert (span.label, span.start) == ("share", 0)
    assert stream[longest][: span.end] == re.match(r"\w+", stream[longest])[0]  # type: ignore[index]
    assert gold.metadata["title"] == " ".join(stream[longest - 1].split())
    assert gold.metadata["authors"] is None
    assert gold.metadata["published"] == "2019-11-20"
    assert gold.provenance["annotators"] == ["ada"]
    vector = json.loads((folder / "real" / "labels" / "bob.json").read_text(encoding="utf-8"))
    assert vector["blocks"][longest]["spans"] == [{"start": 0, "end": span.end, "label": "share"}]
    assert not [one for one in check_sample(folder / "real") if one.level == "error"]
    said = goldspan("agree", "my-samples", "--resamples", "200", cwd=tmp_path).stdout
    assert "alpha" in said
    assert "bob" in said


def label_everything(browser: Browser, served: Any, stream: list[str], longest: int, sure: bool) -> None:
    """Label a page by keyboard and by mouse, split a block, fill the metadata, reload, undo."""
    tab = open_page(browser, served)
    frame = tab.frame_locator("#frame")
    tab.keyboard.press("Home")
    tab.keyboard.press("Shift+End")
    tab.keyboard.press("n")
    # The article's prose: by keys for the first half of it, by mouse for the rest.
    prose = [number for number, text in enumerate(stream) if len(text.split()) >= 20 or number == longest]
    for place, number in enumerate(prose):
        tab.locator(f"#block-{number}").click(position={"x": 30, "y": 5})
        if place % 2:
            tab.keyboard.press("b")
        else:
            tab.locator("button[data-label=body]").click()
    if not sure:
        tab.locator(f"#block-{prose[0]}").click(position={"x": 30, "y": 5})
        tab.keyboard.press("c")
    shown = [n for n in prose if frame.locator(f"gs-run[data-block='{n}']").first.is_visible()]
    frame.locator(f"gs-run[data-block='{shown[0]}']").first.click()
    tab.wait_for_selector(f"#block-{shown[0]}.current")
    # Split: the first word of the longest block is a span.
    tab.locator(f"#block-{longest}").click(position={"x": 30, "y": 5})
    tab.keyboard.press("x")
    tab.locator("#split [data-word='0']").click()
    tab.keyboard.press("h")
    tab.keyboard.press("Escape")
    # Metadata: picked on the page, typed, and absent.
    tab.locator("[data-field=title] .pick").click()
    tab.locator(f"#block-{longest - 1}").click(position={"x": 30, "y": 5})
    tab.locator("#field-published").fill("20 November 2019")
    tab.locator("#field-published").press("Enter")
    tab.get_by_role("button", name="absent").nth(1).click()
    saved(tab)
    # A change, a reload, and the change undone.
    tab.locator(f"#block-{longest}").click(position={"x": 30, "y": 5})
    tab.keyboard.press("f")
    saved(tab)
    tab.wait_for_timeout(400)
    tab.reload()
    tab.wait_for_selector("body[data-ready=real]")
    assert "footer" in (tab.text_content(f"#block-{longest}") or "")
    tab.keyboard.press("z")
    assert "body" in (tab.text_content(f"#block-{longest}") or "")
    saved(tab)
    assert tab.text_content("#done") == f"{len(stream)} of {len(stream)}"
    tab.close()
