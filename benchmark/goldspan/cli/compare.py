"""goldspan compare: paired differences with intervals, and ranks, over the systems of several run files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from goldspan.cli.options import scoring_options
from goldspan.cli.progress_bar import progress
from goldspan.errors import UsageError
from goldspan.evaluate.evaluation import evaluate, scoring_for
from goldspan.evaluate.run_files import corpus_of_all, named_apart, read_predictions
from goldspan.sandbox.environment import environment


@click.command(
    "compare",
    epilog="Example: goldspan compare before.jsonl after.jsonl --metric body",
)
@click.argument("run_files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--corpus", "corpus_spec", help="Where the corpus is now, if it has moved.")
@scoring_options
def command(
    run_files: Sequence[Path],
    corpus_spec: str | None,
    policy: str,
    metric: str | None,
    by: str | None,
) -> int:
    """Paired differences of all systems in the run files, with 95 % intervals, and their ranks.

    A difference is marked when it is significant after Holm's correction over all pairs.
    """
    files = [read_predictions(path) for path in run_files]
    corpus = corpus_of_all(files, corpus_spec)
    runs = named_apart(files)
    if len(runs) < 2:
        raise UsageError("there is only one system in these files", "Name a second run file.")
    scoring = scoring_for(corpus, policy, metric, by)
    evaluation = evaluate(corpus, runs, scoring, progress)
    result, pairs = evaluation.result(environment()), evaluation.pairs()
    from goldspan.report import console as tables
    from goldspan.report.tables import in_order

    rows = [tables.Paired.of(pair) for pair in pairs]
    ranks = {one.system.key: one.rank for one in in_order(result)}
    tables.compare_table(rows, ranks, result.headline, result.protocol, tables.make_console())
    return 0
