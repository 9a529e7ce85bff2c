"""Benchmarks, not tests: `.venv/bin/python -m pytest tests/speed`. Two ways are timed in turns within one run, so that
a busy machine slows both, and what counts is their ratio."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture


def clock() -> tuple[float, float]:
    """Wall-clock and CPU seconds so far, those of finished children included."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return time.perf_counter(), cpu


def timed(action: Callable[[], Any]) -> tuple[float, float]:
    """Wall-clock and CPU seconds of a call."""
    wall, cpu = clock()
    action()
    after_wall, after_cpu = clock()
    return after_wall - wall, after_cpu - cpu


def side_by_side(
    benchmark: BenchmarkFixture, plain: Callable[[], Any], ours: Callable[[], Any], rounds: int = 5
) -> None:
    """Time both ways in turns; the benchmark's own figures are ours, the ratios stand in its extra info."""
    pairs = [(timed(plain), timed(ours)) for _ in range(rounds)]
    benchmark.extra_info["plain_ms"] = 1000 * statistics.median(p[0] for p, _ in pairs)
    benchmark.extra_info["ours_ms"] = 1000 * statistics.median(o[0] for _, o in pairs)
    benchmark.extra_info["wall_ratio"] = statistics.median(p[0] / o[0] for p, o in pairs)
    benchmark.extra_info["cpu_ratio"] = statistics.median(p[1] / max(o[1], 1e-9) for p, o in pairs)
    benchmark.pedantic(ours, rounds=rounds, iterations=1)


@pytest.fixture(scope="session")
def aeb() -> Path:
    path = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "aeb"
    if not path.is_dir():
        pytest.skip("article-extraction-benchmark is not in ../shared/corpora/aeb")
    return path
