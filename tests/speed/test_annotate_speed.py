"""The annotator's page in a real browser: how long a key waits for its answer on a page of 3,000 blocks."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from goldspan.annotate.capture import Capture
from goldspan.annotate.new_sample import add_page
from goldspan.annotate.session import open_session
from goldspan.model import About
from tests.browser import chromium, open_page, serving, wide_table

ROUNDS = 8
ROUND = (
    ("move", "j j k j"), ("label", "n"), ("move", "j"), ("role", "3"), ("unsure", "u"), ("undo", "z z z"),
    ("move", "j"), ("extend", "J J ⇧ArrowDown"), ("label a range", "b"), ("undo a range", "z"), ("subtree", "s s s"),
    ("split", "x"), ("a word on", "ArrowRight"), ("label a word", "h"), ("end the split", "Escape"), ("undo", "z"),
    ("copy of", "="), ("back", "Escape"), ("metadata", "m"), ("confirm", "Enter"), ("undo", "z"),
    ("select 1,000 alike", "a"), ("label 1,000", "n"), ("move", "j"), ("undo 1,000", "z"),
    ("first or last", "End Home"), ("select 3,000", "⇧End"), ("label 3,000", "f"), ("move", "k k"),
    ("undo 3,000", "z"), ("first or last", "End"), ("confirm 3,000", "⇧Enter"), ("undo 3,000", "z"),
    ("first or last", "Home"), ("label", "b"), ("move as it saves", "j k " * 20),
    ("only open blocks", "#only-open #only-open"), ("help", "#help-box>summary #help-box>summary"),
)  # fmt: skip
"""Every kind of key, and the switches that Space presses: its name, and the keys; with ⇧ where it is held."""

PRESS = """async (presses) => {
    const { port1, port2 } = new MessageChannel();
    const shown = () => new Promise((done) => requestAnimationFrame(() => {
        port1.onmessage = done;
        port2.postMessage(null);
    }));
    const times = [];
    for (const press of presses) {
        await shown();
        const start = performance.now();
        const shiftKey = press[0] === '⇧';
        if (press[0] === '#') document.querySelector(press).click();
        else document.activeElement.dispatchEvent(
            new KeyboardEvent('keydown', { key: press.slice(shiftKey), bubbles: true, shiftKey }));
        document.getElementById('blocks').getBoundingClientRect();
        const laid = performance.now();
        await shown();
        times.push([laid - start, performance.now() - start]);
    }
    return times;
}"""


def test_keys_on_3000_blocks(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """The clock is the browser's. In the extra info, by kind of key, median, p90 and slowest in milliseconds: from the
    key to the page laid out anew (``laid_ms``), and to the frame that shows it (``shown_ms``), for which a key waits up
    to a sixtieth of a second even on a page that has nothing to do."""
    kinds, presses = zip(*steps(), strict=True)
    capture = Capture(wide_table(1000).encode(), "https://gazette.example/")
    add_page(capture, tmp_path, id="one", about=About(language="en", page_type="news", origin="crawled"))
    with chromium() as browser, serving(open_session(tmp_path, ["one"], "ada")) as served:
        page = open_page(browser, served)
        times: list[tuple[float, float]] = benchmark.pedantic(lambda: page.evaluate(PRESS, presses), rounds=1)
        page.close()
    for kind in ("all", *dict.fromkeys(kinds)):
        laid, shown = zip(*(took for took, of in zip(times, kinds, strict=True) if kind in ("all", of)), strict=True)
        benchmark.extra_info[kind] = {"presses": len(laid), "laid_ms": spread(laid), "shown_ms": spread(shown)}


def steps() -> Iterator[tuple[str, str]]:
    """Every press of all rounds, with its kind."""
    for _ in range(ROUNDS):
        for kind, keys in ROUND:
            for key in keys.split():
                yield kind, key


def spread(times: tuple[float, ...]) -> dict[str, float]:
    """Their median, p90, p99 and slowest, the percentiles among what was measured."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    found = {"median": statistics.median(times), "p90": cuts[89], "p99": cuts[98], "slowest": max(times)}
    return {name: round(value, 1) for name, value in found.items()}
