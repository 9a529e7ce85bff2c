"""The leaderboard's site: building it from the results that ship, again with one more system, and drawing it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from goldspan.data.corpora import open_corpus
from goldspan.data.schema import data_path
from goldspan.leaderboard.entries import add_entry, read_entries
from goldspan.leaderboard.site.build_site import build_site, replace_site
from tests.browser import chromium
from tests.speed.conftest import timed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROUNDS = 2
DRAWN = """() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site is built; what is there already is drawn as it is."""
    return tmp_path_factory.mktemp("built") / "site"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shipped = data_path("annotations", "results")
    if not read_entries(shipped):
        pytest.skip("no results ship yet: scripts/studies/ship_results.py makes them")
    return Path(shutil.copytree(shipped, tmp_path_factory.mktemp("store") / "store"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def build(benchmark: BenchmarkFixture, store: Path, site: Path) -> None:
    """Time the build and the writing of it, and say how large it is."""

    def ours() -> None:
        replace_site(site, build_site([store], open_corpus("core")))

    cpu: list[float] = []
    benchmark.pedantic(lambda: cpu.append(timed(ours)[1]), rounds=ROUNDS)
    sizes = {path.relative_to(site).as_posix(): path.stat().st_size for path in site.rglob("*") if path.is_file()}
    benchmark.extra_info |= {
        "cpu_seconds": min(cpu),
        "systems": sum(name.startswith("systems/") for name in sizes),
        "pages": sum(name.startswith("samples/") for name in sizes),
        "files": len(sizes),
        "bytes": sum(sizes.values()),
        "overview_bytes": sizes["index.html"],
    }


def test_site_build(benchmark: BenchmarkFixture, store: Path, site: Path) -> None:
    build(benchmark, store, site)


def test_site_build_with_one_more_system(benchmark: BenchmarkFixture, store: Path, tmp_path: Path) -> None:
    grown = Path(shutil.copytree(store, tmp_path / "grown"))
    first = read_entries(store)[0]
    card = replace(first.card, name="one-more", command="one-more")
    add_entry(grown, replace(first, number=9999, card=card, digest="f" * 64), None)
    build(benchmark, grown, tmp_path / "site")


def test_overview_drawn(benchmark: BenchmarkFixture, store: Path, site: Path, browser: Browser) -> None:
    """From opening the file to the second frame, by the browser's own clock and by ours."""
    if not site.exists():
        replace_site(site, build_site([store], open_corpus("core")))
    clocks = []

    def drawn() -> None:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"file://{site}/index.html")
        clocks.append(page.evaluate(DRAWN))
        page.close()

    benchmark.pedantic(drawn, rounds=10, warmup_rounds=1)
    benchmark.extra_info["browser_ms"] = sorted(clocks)[len(clocks) // 2]
