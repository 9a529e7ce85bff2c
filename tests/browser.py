"""A headless Chromium and a running annotator's server, for the tests that need a real browser."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldspan.annotate.server import Served, bind, make_server
from goldspan.annotate.session import Session

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


AXE = Path(__file__).parent / "web" / "node_modules" / "axe-core" / "axe.min.js"


def axe_source() -> str:
    """The script that looks for faults of accessibility; the test is skipped where it is not installed."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci --prefix tests/web)")
    return AXE.read_text(encoding="utf-8")


def wide_table(rows: int) -> str:
    """A page of three blocks a row."""
    cells = (f"<tr><td>Row {n} of the table of tides<td><a href=x>High water {n}</a><td>low {n}" for n in range(rows))
    return f"<!DOCTYPE html><body><table>{''.join(cells)}</table></body>"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser; the test is skipped where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    with api.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def serving(session: Session) -> Iterator[Served]:
    """A server of a desk in a thread."""
    pytest.importorskip("uvicorn", reason="the extra 'annotate' is not installed")
    bound: socket.socket = bind()
    served = Served(session, bound.getsockname()[1])
    server = make_server(served)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.should_exit = True
        thread.join(5)
        bound.close()


def open_page(browser: Browser, served: Served, id: str | None = None) -> Page:
    """The annotator's page in a new tab, ready; every fault of its scripts fails the test."""
    page = browser.new_page(viewport={"width": 1500, "height": 900})
    page.on("pageerror", lambda fault: pytest.fail(f"a script of the page failed: {fault}"))
    page.goto(served.address)
    page.wait_for_selector(f"body[data-ready='{id or served.session.ids[0]}']", timeout=20_000)
    return page
