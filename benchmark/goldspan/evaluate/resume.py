"""Runs that are kept in a file: what is in it already is not run again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from goldspan.data.corpora import Corpus, open_corpus
from goldspan.data.runs import RunFile, RunHeader, RunWriter, SystemRun, differences, read_run
from goldspan.errors import RunFileError, UsageError
from goldspan.evaluate.progress import Progress
from goldspan.evaluate.run_system import run_system
from goldspan.sandbox.environment import environment
from goldspan.sandbox.process import Limits


def run_or_resume(
    specs: Sequence[str],
    corpus: Corpus,
    path: Path,
    limits: Limits,
    jobs: int,
    progress: Progress,
    *,
    resume: bool,
    force: bool = False,
) -> dict[str, SystemRun]:
    """Run systems over a corpus, writing what they say to a run file as it comes.

    Args:
        resume: go on with a file that is there; else it is refused.
        force: replace it.

    Returns:
        By key, the runs of the systems that were asked for, whole.

    Raises:
        UsageError: the file is there and nothing was said of it, or two systems are the same.
        RunFileError: it holds a run of something else.
        ExtractorError: a system cannot be started.
    """
    stated = {"timeout": limits.timeout, "memory_mb": limits.memory_mb}
    header = RunHeader(corpus.spec or corpus.name, corpus.name, corpus.digest, len(corpus), stated, environment())
    old = None if force else _to_resume(path, header, resume)
    runs: dict[str, SystemRun] = {}
    with RunWriter(path, header, old) as writer:
        for spec in specs:
            run = run_system(spec, corpus, limits, jobs, progress, writer=writer, known=old, taken=runs)
            runs[run.system.key] = run
    return runs


def _to_resume(path: Path, header: RunHeader, resume: bool) -> RunFile | None:
    """The run file to go on with, or None for a new one."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    if not resume:
        raise UsageError(f"{path} exists", "Go on with it by --resume, or replace it by --force.")
    if b"\n" not in path.read_bytes()[: 1 << 20]:
        return None  # killed while it wrote its first line: nothing was finished
    old = read_run(path)
    faults = differences(old.header, header) if old.header else ["it has no header"]
    if faults:
        raise RunFileError(
            f"{path} cannot be resumed: {'; '.join(faults)}", "Give the same options, or another --save."
        )
    return old


def run_in_folder(
    specs: Sequence[str], corpus_spec: str, folder: Path, jobs: int, progress: Progress, *, page_type: str | None = None
) -> tuple[Corpus, list[SystemRun]]:
    """Run systems over a corpus, or its pages of one type, in a folder where the same pages have one file of runs.

    Returns:
        The corpus, and the runs by key, sorted.

    Raises:
        GoldspanError: as :func:`run_or_resume` does, or the corpus cannot be opened.
    """
    corpus = open_corpus(corpus_spec)
    if page_type:
        ids = tuple(id for id in corpus.ids if corpus.plain(id).gold.about.page_type == page_type)
        corpus = replace(corpus, ids=ids)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{corpus.name}-{corpus.digest[:12]}.jsonl"
    runs = run_or_resume(specs, corpus, path, Limits(), jobs, progress, resume=True)
    return corpus, [runs[key] for key in sorted(runs)]
