"""goldspan score: run extractors over a corpus, keep what they say, score it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from goldspan.cli.options import output_options, run_options, scoring_options
from goldspan.cli.output import publish
from goldspan.cli.progress_bar import progress
from goldspan.data.corpora import open_corpus
from goldspan.errors import UsageError
from goldspan.evaluate.evaluation import FINISHED, evaluate, run_systems, scoring_for
from goldspan.evaluate.run_files import new_run_file
from goldspan.evaluate.thresholds import read_thresholds
from goldspan.sandbox.environment import environment
from goldspan.sandbox.process import Limits


@click.command(
    "score",
    epilog="Example: goldspan score trafilatura ./mine.py:extract --corpus aeb:PATH --save both.jsonl",
)
@click.argument("systems", nargs=-1, required=True, metavar="SYSTEM…")
@click.option("--corpus", "corpus_spec", default="core", show_default=True, help="core, KIND:PATH, or a folder.")
@scoring_options
@run_options
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False), help="The run file to write.")
@click.option("--resume", is_flag=True, help="Go on with the run file of --save where it stopped.")
@click.option("--force", is_flag=True, help="Replace the run file of --save.")
@output_options
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
    thresholds = read_thresholds(fail_under)
    live = [spec for spec in systems if not spec.startswith(FINISHED)]
    if (save or resume) and not live:
        raise UsageError("--save and --resume are for systems that are run", "Leave them out.")
    corpus = open_corpus(corpus_spec)
    scoring = scoring_for(corpus, policy, metric, by, resamples, seed)
    path = save or (new_run_file(live) if live else None)
    try:
        runs = run_systems(
            systems,
            corpus,
            Limits(timeout, memory),
            jobs,
            progress,
            save=path,
            resume=resume,
            force=force,
        )
    except KeyboardInterrupt:
        click.echo(f"\nwhat was finished is in {path}; go on with --save {path} --resume", err=True)
        raise
    if path:
        click.echo(f"predictions: {path}", err=True)
    result = evaluate(corpus, runs, scoring, progress).result(environment())
    return publish(result, json_path, html_path, markdown, profile, thresholds)
