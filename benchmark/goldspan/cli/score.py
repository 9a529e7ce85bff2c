"""goldspan score: run extractors over a corpus, keep what they say, score it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

import click

from goldspan.cli import common
from goldspan.data.corpora import open_corpus
from goldspan.data.schema import load_policy
from goldspan.errors import UsageError
from goldspan.evaluate.resume import run_or_resume
from goldspan.sandbox.environment import environment
from goldspan.sandbox.process import Limits


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
    finished = [spec for spec in systems if spec.startswith("predictions:")]
    runs = {
        key: run
        for spec in finished
        for key, run in common.read_any(Path(spec.removeprefix("predictions:"))).systems.items()
    }
    live = [spec for spec in systems if spec not in finished]
    if live:
        path = save or _cached(live)
        allowed, where = Limits(timeout, memory), _absolute(corpus_spec)
        try:
            done = run_or_resume(live, corpus, where, path, allowed, jobs, common.progress, resume=resume, force=force)
        except KeyboardInterrupt:
            click.echo(f"\nwhat was finished is in {path}; go on with --save {path} --resume", err=True)
            raise
        runs = done | runs
        click.echo(f"predictions: {path}", err=True)
    elif save or resume:
        raise UsageError("--save and --resume are for systems that are run", "Leave them out.")
    scored = common.measure_runs(corpus, list(runs.values()), rules, names)
    result = common.result_of(corpus, scored, rules, names, by, resamples, seed, environment())
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
