"""Measuring many pages on all cores: pages go out in batches, what comes back holds no texts."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from goldspan.core.metrics import find_metric
from goldspan.core.policy import Policy
from goldspan.core.scoring import Measured, measure_sample
from goldspan.data.corpora.base import Corpus
from goldspan.data.files import sha256
from goldspan.data.runs import SystemRun
from goldspan.errors import RunFileError
from goldspan.model import Prediction, Speed, System

_BATCH = 8
_WORTH_A_POOL = 150  # outputs; starting a pool takes about as long as measuring so many

Predictions = Sequence[Mapping[str, Prediction]]


def with_observed_fields(system: System, predictions: Mapping[str, Prediction]) -> System:
    """A system that declares no metadata fields has those that it gave for any page."""
    if system.fields:
        return system
    seen = {name for p in predictions.values() if p.extraction for name in p.extraction.metadata()}
    return replace(system, fields=tuple(sorted(seen)))


def speed_of(run: SystemRun) -> Speed:
    """What a run cost, from its predictions."""
    times = [p.ms for p in run.predictions.values() if p.ms is not None]
    peaks = [p.peak_mb for p in run.predictions.values() if p.peak_mb is not None]
    if not times:
        return Speed(start_ms=run.start_ms)
    total = sum(times) / 1000
    return Speed(
        pages_per_second=len(times) / total if total else None,
        median_ms=float(np.median(times)),
        p95_ms=float(np.quantile(times, 0.95)),
        peak_mb=max(peaks) if peaks else None,
        start_ms=run.start_ms,
    )


def _measure_batch(
    corpus: Corpus,
    ids: Sequence[str],
    systems: Sequence[System],
    predictions: Sequence[Sequence[Prediction | None]],
    policy: Policy,
    metric_names: Sequence[str],
) -> list[Measured]:
    metrics = [find_metric(name) for name in metric_names]
    measured = []
    for page, given in zip(ids, predictions, strict=True):
        sample = corpus.load(page)
        digest = sha256(sample.page.data)
        for system, prediction in zip(systems, given, strict=True):
            if prediction and prediction.page_sha256 not in (None, digest):
                raise RunFileError(
                    f"{system.key} was given another version of page '{page}' than {corpus.name} has now",
                    "Run it again.",
                )
        measured.append(measure_sample(sample, systems, given, policy, metrics))
    return measured


@contextmanager
def _unnamed_main() -> Iterator[None]:
    """Start processes that do not run the caller's script again: they need nothing of it, and a script that calls us
    need not guard itself by ``if __name__ == "__main__"``."""
    main = sys.modules["__main__"]
    hidden: dict[str, Any] = {name: vars(main).pop(name) for name in ("__file__", "__spec__") if name in vars(main)}
    main.__spec__ = None
    try:
        yield
    finally:
        vars(main).update(hidden)


def measure(
    corpus: Corpus,
    systems: Sequence[System],
    predictions: Predictions,
    policy: Policy,
    metric_names: Sequence[str],
    progress: Callable[[int], None] = lambda pages: None,
    *,
    parallel: bool = True,
) -> list[Measured]:
    """Measure every system's predictions for every page of a corpus.

    Args:
        predictions: for each system, its predictions by page id; a missing one scores as an empty output.
        metric_names: registered names.
        progress: told how many more pages are done.
        parallel: whether other processes may help, which needs a corpus that can be sent to them.

    Returns:
        The pages in the corpus's order.

    Raises:
        RunFileError: a prediction was made from other bytes than the page has.
    """
    batches = [corpus.ids[at : at + _BATCH] for at in range(0, len(corpus.ids), _BATCH)]
    jobs = [
        (corpus, ids, systems, [[by_page.get(page) for by_page in predictions] for page in ids], policy, metric_names)
        for ids in batches
    ]
    cores = os.cpu_count() or 1
    if not parallel or cores == 1 or len(corpus.ids) * len(systems) < _WORTH_A_POOL:
        found = []
        for job in jobs:
            found += _measure_batch(*job)
            progress(len(job[1]))
        return found
    done: dict[int, list[Measured]] = {}
    # Not forked: the caller may have threads, for its progress bar at least.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=min(cores, len(jobs)), mp_context=context) as pool:
        with _unnamed_main():
            futures = {pool.submit(_measure_batch, *job): number for number, job in enumerate(jobs)}
        for future in as_completed(futures):
            done[futures[future]] = future.result()
            progress(len(done[futures[future]]))
    return [page for number in sorted(done) for page in done[number]]
