"""The annotator's page in a real browser: how long a key waits for its answer on a page of 3,000 blocks."""

from __future__ import annotations

import statistics
from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from benchmark.annotate.add import add_page
from benchmark.annotate.capture import Capture
from benchmark.annotate.desk import open_desk
from benchmark.model import About
from tests.browser import chromium, open_page, serving, wide_table

KEYS = """async () => {
    const times = [];
    const keys = 'jjnjbkJJJrzjjjuvs'.repeat(4) + 'an';
    for (const key of keys) {
        const start = performance.now();
        document.activeElement.dispatchEvent(
            new KeyboardEvent('keydown', { key, bubbles: true, shiftKey: key < 'a' }));
        document.getElementById('blocks').getBoundingClientRect();
        times.push(performance.now() - start);
        await new Promise(requestAnimationFrame);
    }
    return times;
}"""


def test_keys_on_3000_blocks(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """The clock is the browser's, from the key to the page laid out anew; milliseconds in the extra info."""
    capture = Capture(wide_table(1000).encode(), "https://gazette.example/")
    add_page(capture, tmp_path, id="one", about=About(language="en", page_type="news", origin="crawled"))
    with chromium() as browser, serving(open_desk(tmp_path, ["one"], "ada")) as served:
        page = open_page(browser, served)
        times: list[float] = benchmark.pedantic(lambda: page.evaluate(KEYS), rounds=1)
        page.close()
    benchmark.extra_info["median_ms"] = statistics.median(times)
    benchmark.extra_info["p90_ms"] = statistics.quantiles(times, n=10)[-1]
    benchmark.extra_info["worst_ms"] = max(times)
