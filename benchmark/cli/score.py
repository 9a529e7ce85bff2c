"""goldspan score: run extractors over a corpus, keep what they say, score it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

import click

from benchmark.cli import common
from benchmark.corpora import Corpus, open_corpus
from benchmark.errors import RunFileError, UsageError
from benchmark.run.environment import environment
from benchmark.run.loop import Run
from benchmark.run.worker import Limits
from benchmark.schema import load_policy
from benchmark.store.runs import RunFile, RunHeader, RunWriter, SystemRun, differences, read_run


@click.command(
    "score",
    short_help="Run extractors over a corpus and score them.",
    epilog="Example: goldspan score trafilatura ./mine.py:extract --corpus aeb:PATH --save both.jsonl",
)
@click.argument("systems", nargs=-1, required=True, metavar="SYSTEM…")
@click.option("--corpus", "corpus_spec", default="core", show_default=True, help="core, KIND:PATH, or a folder.")
@common.scoring_options
@common.run_options
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False), help="The run file to write.")
@click.option("--resume", is_flag=True, help="Go on with the run file of --save where it stopped.")
@click.option("--force", is_flag=True, help="Replace the run file of --save.")
@common.output_options
def command(
    systems: Sequence[str],
    corpus_spec: str,
    policy: str,
    metric: str | None,
    by: str | None,
    resamples: int,
    seed: int,
    jobs: int,
    timeout: float,
    memory: float,
    save: Path | None,
    resume: bool,
    force: bool,
    json_path: str | None,
    html_path: Path | None,
    markdown: bool,
    profile: bool,
    fail_under: Sequence[str],
) -> int:
    """Run extractors over a corpus and score them.

    SYSTEM is a registered name with options (trafilatura?fast=true), an import path (package.module:function), a file
    (./mine.py:extract), a command in any language (cmd:node adapter.mjs), or finished predictions (predictions:FILE).

    The predictions go to a run file as they come; rescore, compare and explain read it.
    """
    limits = common.gates(fail_under)
    rules = load_policy(policy)
    corpus = open_corpus(corpus_spec)
    names = common.metric_names(metric, corpus)
    header = RunHeader(
        _absolute(corpus_spec),
        corpus.name,
        corpus.digest,
        len(corpus),
        {"timeout": timeout, "memory_mb": memory},
        environment(),
    )
    finished = [spec for spec in systems if spec.startswith("predictions:")]
    runs = {
        key: run
        for spec in finished
        for key, run in common.read_any(Path(spec.removeprefix("predictions:"))).systems.items()
    }
    live = [spec for spec in systems if spec not in finished]
    if live:
        path = save or _cached(live)
        old = _to_resume(path, header, resume, force)
        try:
            done = _run_all(live, corpus, header, path, old, Limits(timeout, memory), jobs)
        except KeyboardInterrupt:
            click.echo(f"\nwhat was finished is in {path}; go on with --save {path} --resume", err=True)
            raise
        runs = done | runs
        click.echo(f"predictions: {path}", err=True)
    elif save or resume:
        raise UsageError("--save and --resume are for systems that are run", "Leave them out.")
    scored = common.measure_runs(corpus, list(runs.values()), rules, names)
    result = common.result_of(corpus, scored, rules, names, by, resamples, seed, header.environment)
    return common.publish(result, json_path, html_path, markdown, profile, limits)


def _absolute(spec: str) -> str:
    """The spec as another working directory would have to write it."""
    kind, colon, path = spec.partition(":")
    if colon:
        return f"{kind}:{Path(path).expanduser().resolve()}"
    return str(Path(spec).resolve()) if spec != "core" and Path(spec).exists() else spec


def _cached(specs: Sequence[str]) -> Path:
    """A new file in the user's cache folder."""
    import platformdirs

    label = re.sub(r"[^A-Za-z0-9]+", "-", specs[0])[:40].strip("-") or "run"
    folder = Path(platformdirs.user_cache_dir("goldspan")) / "runs"
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = folder / f"{stamp}-{label}.jsonl"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{stamp}-{label}-{number}.jsonl"
    return path


def _to_resume(path: Path, header: RunHeader, resume: bool, force: bool) -> RunFile | None:
    """The run file to go on with, or None for a new one."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    if force:
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


def _run_all(
    specs: Sequence[str],
    corpus: Corpus,
    header: RunHeader,
    path: Path,
    old: RunFile | None,
    limits: Limits,
    jobs: int,
) -> dict[str, SystemRun]:
    """Run each system, writing what it says as it comes."""
    runs: dict[str, SystemRun] = {}
    with RunWriter(path, header, old) as writer:
        for spec in specs:
            with Run(spec, limits, jobs) as run:
                started = run.started
                key = started.system.key
                if key in runs:
                    raise UsageError(
                        f"{spec} and another system are both {key}", "Give them different versions or names."
                    )
                known = old.systems.get(key) if old else None
                predictions = dict(known.predictions) if known else {}
                if known is None:
                    writer.system(started.system, started.start_ms, started.guard)
                todo = [page for page in corpus.ids if page not in predictions]
                with common.progress(key, len(todo)) as advance:
                    for prediction in run.predictions(todo, lambda page: corpus.plain(page).page):
                        writer.prediction(prediction)
                        predictions[prediction.id] = prediction
                        advance(1)
            start_ms = known.start_ms if known else started.start_ms
            runs[key] = SystemRun(started.system, start_ms, started.guard, predictions)
    return runs
