"""What pytest-benchmark runs: a test, once for each system. :mod:`goldspan.speed.bench_session` collects it."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from goldspan.speed.study import STEPS

if TYPE_CHECKING:
    import pytest
    from pytest_benchmark.fixture import BenchmarkFixture

    from goldspan.speed.study import Study


def test_speed(benchmark: BenchmarkFixture, pytestconfig: pytest.Config, study: Study) -> None:
    """A round is a pass over the pages. The benchmark holds the rounds, its extra information every figure."""
    try:
        study.tell({"step": "rounds"})
        seconds = study.warm_up()
        if seconds:
            # As many as pytest-benchmark would do, but by what a pass takes in all: by the system's own time alone, a
            # fast one would be measured for hours.
            options = pytestconfig.getoption
            rounds = max(options("benchmark_min_rounds"), ceil(float(options("benchmark_max_time")) / seconds))
            benchmark.pedantic(study.round, rounds=rounds)  # type: ignore[no-untyped-call]
        study.finish()
        for name, measure in STEPS:
            study.tell({"step": name})
            measure(study)
    finally:
        study.finish()
    row = study.result().row()
    benchmark.extra_info.update(row)
    study.tell({"row": row, "spec": study.spec})
