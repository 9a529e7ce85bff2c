"""goldspan rescore: another policy or metric, without running an extractor again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from goldspan.cli.options import output_options, scoring_options
from goldspan.cli.output import publish
from goldspan.cli.progress_bar import progress
from goldspan.evaluate.evaluation import evaluate, scoring_for
from goldspan.evaluate.run_files import corpus_of, read_predictions
from goldspan.evaluate.thresholds import read_thresholds
from goldspan.sandbox.environment import environment


@click.command(
    "rescore",
    epilog="Example: goldspan rescore both.jsonl --policy full --metric body,shingle",
)
@click.argument("run_file", type=click.Path(path_type=Path))
@click.option("--corpus", "corpus_spec", help="Where the corpus is now, if it has moved.")
@click.option("--amended", is_flag=True, help="Take the gold as it is now, if it was amended since the run.")
@scoring_options
@output_options
def command(
    run_file: Path,
    corpus_spec: str | None,
    amended: bool,
    policy: str,
    metric: str | None,
    by: str | None,
    resamples: int,
    seed: int,
    json_path: str | None,
    html_path: Path | None,
    markdown: bool,
    profile: bool,
    fail_under: Sequence[str],
) -> int:
    """Score a run file again, without running the extractor: under another policy or metric, or on amended gold."""
    thresholds = read_thresholds(fail_under)
    run = read_predictions(run_file)
    if run.torn:
        click.echo(f"goldspan: {run_file} ends in a torn line, which is left out", err=True)
    corpus = corpus_of(run, corpus_spec, amended)
    scoring = scoring_for(corpus, policy, metric, by, resamples, seed)
    recorded = run.header.environment if run.header else environment()
    result = evaluate(corpus, list(run.systems.values()), scoring, progress).result(recorded)
    return publish(result, json_path, html_path, markdown, profile, thresholds)
