"""The command line and the run: how long a user waits, and what isolation costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from goldspan.core.text import decode
from goldspan.data.corpora import open_corpus
from goldspan.extractors import PageInput, call, complete, resolve, warm_up
from goldspan.model import Limits
from goldspan.sandbox.runner import Run
from tests.speed.conftest import side_by_side

ROOT = Path(__file__).resolve().parents[2]


def goldspan(*words: str) -> None:
    command = [sys.executable, "-c", "from goldspan.cli import main; main()", *words]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def test_help(benchmark: BenchmarkFixture) -> None:
    benchmark.pedantic(lambda: goldspan("--help"), rounds=10, warmup_rounds=1)


def test_core_set_with_trafilatura(benchmark: BenchmarkFixture) -> None:
    """From the command to the table."""
    benchmark.pedantic(lambda: goldspan("score", "trafilatura", "--jobs", "2"), rounds=3, warmup_rounds=1)


def test_isolation(benchmark: BenchmarkFixture, aeb: Path) -> None:
    """A guarded process against a plain loop in this one, over 181 pages; starting apart."""
    corpus = open_corpus(f"aeb:{aeb}")
    pages = {name: corpus.plain(name).page for name in corpus.ids}
    extractor = resolve("trafilatura")
    warm_up(extractor)

    def plain() -> None:
        for page in pages.values():
            given = PageInput(decode(page)[0], b"", page.url)
            complete(extractor, given, call(extractor, given))

    plain()
    with Run("trafilatura", Limits()) as run:

        def isolated() -> None:
            for _ in run.predictions(list(pages), pages.__getitem__):
                pass

        # wall_ratio is plain ÷ isolated: what isolation adds is 1 / wall_ratio − 1.
        side_by_side(benchmark, plain, isolated, rounds=5)
        benchmark.extra_info["added"] = 1 / benchmark.extra_info["wall_ratio"] - 1
        benchmark.extra_info["start_ms"] = run.started.start_ms
