"""Running one system over a corpus: in processes of its own, or in this one."""

from __future__ import annotations

import time
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from goldspan.core.text import decode
from goldspan.data.corpora import Corpus
from goldspan.data.files import sha256
from goldspan.data.runs import RunFile, RunWriter, SystemRun
from goldspan.errors import UsageError
from goldspan.evaluate.progress import Progress, silent
from goldspan.extractors import Extractor, PageInput, call, complete, describe, warm_up
from goldspan.model import Limits, Page, Prediction
from goldspan.sandbox.isolation import NO_GUARD
from goldspan.sandbox.python_host import told
from goldspan.sandbox.runner import Run, Started


def run_system(
    spec: str,
    corpus: Corpus,
    limits: Limits,
    jobs: int = 1,
    progress: Progress = silent,
    *,
    writer: RunWriter | None = None,
    known: RunFile | None = None,
    taken: Container[str] = (),
) -> SystemRun:
    """Run a system over a corpus, each page under limits in a process that is not ours.

    Args:
        writer: gets each prediction as it comes.
        known: a run to go on with; its pages are not run again.
        taken: the keys of systems that ran before it.

    Returns:
        The predictions in the corpus's order.

    Raises:
        ExtractorError: it cannot be started.
        UsageError: its key is taken.
    """
    with Run(spec, limits, jobs) as run:
        started = run.started
        if started.system.key in taken:
            raise UsageError(
                f"{spec} and another system are both {started.system.key}", "Give them different versions or names."
            )
        old = known.systems.get(started.system.key) if known else None
        if writer and old is None:
            writer.system(started.system, started.start_ms, started.guard)
        found = dict(old.predictions) if old else {}
        todo = [page for page in corpus.ids if page not in found]
        with progress(started.system.key, len(todo)) as advance:
            for prediction in run.predictions(todo, lambda page: corpus.plain(page).page):
                if writer:
                    writer.prediction(prediction)
                found[prediction.id] = prediction
                advance(1)
    return _whole(corpus.ids, started, old.start_ms if old else started.start_ms, found, limits.identity)


def run_here(extractor: Extractor, corpus: Corpus, progress: Progress = silent) -> SystemRun:
    """Run an extractor over a corpus in this process: no limits, no isolation. What it raises is recorded.

    Raises:
        ExtractorError: its library is absent or broken.
    """
    started = time.perf_counter()
    system = describe(extractor)
    warm_up(extractor)
    start_ms = (time.perf_counter() - started) * 1000
    found = {}
    with progress(system.key, len(corpus)) as advance:
        for id in corpus.ids:
            found[id] = _answer(extractor, system.key, id, corpus.plain(id).page)
            advance(1)
    return _whole(corpus.ids, Started(system, start_ms, NO_GUARD), start_ms, found, _limits_kept(found))


def _limits_kept(found: Mapping[str, Prediction]) -> str:
    """A run in which no page took longer than the default limit is what it would have been under it."""
    slowest = max((one.ms or 0.0 for one in found.values()), default=0.0)
    return Limits().identity if slowest < Limits().timeout * 1000 else "none"


def _whole(
    ids: Sequence[str], started: Started, start_ms: float | None, found: Mapping[str, Prediction], limits: str
) -> SystemRun:
    ordered = {page: found[page] for page in ids if page in found}
    return SystemRun(started.system, start_ms, started.guard, ordered, limits)


def _answer(extractor: Extractor, key: str, id: str, page: Page) -> Prediction:
    takes_bytes = extractor.takes == "bytes"
    given = PageInput("" if takes_bytes else decode(page)[0], page.data if takes_bytes else b"", page.url)
    digest = sha256(page.data)
    before = time.perf_counter()
    try:
        extraction = call(extractor, given)
        ms = round((time.perf_counter() - before) * 1000, 3)
        extraction = complete(extractor, given, extraction)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit is the extractor's, too
        return Prediction(key, id, "error", page_sha256=digest, error=told(error))
    status = "ok" if extraction.text.strip() else "empty"
    return Prediction(key, id, status, extraction, digest, ms)  # type: ignore[arg-type]


def run_twice(spec: str, corpus: Corpus, limits: Limits, progress: Progress = silent) -> SystemRun:
    """Run a system, and try pages that timed out once more: a busy machine is not the system's fault.

    Raises:
        ExtractorError: it cannot be started.
    """
    run = run_system(spec, corpus, limits, 1, progress)
    late = tuple(id for id, one in run.predictions.items() if one.status == "timeout")
    if not late:
        return run
    again = run_system(spec, replace(corpus, ids=late), limits, 1, progress)
    return replace(run, predictions={**run.predictions, **again.predictions})
