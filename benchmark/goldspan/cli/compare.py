"""goldspan compare: paired differences with intervals, and rank groups, over the systems of several run files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from goldspan.cli import common
from goldspan.core.metrics import find_metric
from goldspan.core.scoring import compare
from goldspan.data.runs import SystemRun
from goldspan.data.schema import load_policy
from goldspan.errors import UsageError
from goldspan.sandbox.environment import environment


@click.command(
    "compare",
    short_help="Paired differences between the systems of run files.",
    epilog="Example: goldspan compare before.jsonl after.jsonl --metric body",
)
@click.argument("run_files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--corpus", "corpus_spec", help="Where the corpus is now, if it has moved.")
@common.scoring_options
def command(
    run_files: Sequence[Path],
    corpus_spec: str | None,
    policy: str,
    metric: str | None,
    by: str | None,
    resamples: int,
    seed: int,
) -> int:
    """Paired differences of all systems in the run files, with 95 % intervals, and their rank groups.

    A difference is marked when it is significant after Holm's correction over all pairs.
    """
    rules = load_policy(policy)
    files = [common.read_any(path) for path in run_files]
    leader = next((file for file in files if file.header), files[0])
    corpus = common.corpus_of(leader, corpus_spec)
    for file in files:
        if file is not leader and file.header and leader.header:
            common.corpus_of(file, corpus_spec or leader.header.corpus)
    runs = _named_apart(
        [(path, run) for path, file in zip(run_files, files, strict=True) for run in file.systems.values()]
    )
    if len(runs) < 2:
        raise UsageError("there is only one system in these files", "Name a second run file.")
    names = common.metric_names(metric, corpus)
    scored = common.measure_runs(corpus, runs, rules, names)
    result = common.result_of(corpus, scored, rules, names, by, resamples, seed, environment())
    headline = find_metric(result.headline.split(".")[0])
    pairs = compare(scored.measured, scored.systems, headline, resamples=resamples, seed=seed)
    from goldspan.report import console as tables

    rows = [
        tables.Paired(
            pair.first,
            pair.second,
            pair.difference.value,
            pair.difference.low,
            pair.difference.high,
            pair.difference.p,
            pair.significant,
        )
        for pair in pairs
    ]
    groups = {one.system.key: one.rank for one in result.systems}
    tables.compare_table(rows, groups, result.headline, result.protocol, tables.make_console())
    return 0


def _named_apart(runs: Sequence[tuple[Path, SystemRun]]) -> list[SystemRun]:
    """The runs, with the file's name at the system's where two files hold the same system."""
    keys = [run.system.key for _, run in runs]
    return [
        run
        if keys.count(run.system.key) == 1
        else replace(run, system=replace(run.system, name=f"{run.system.name} ({path.stem})"))
        for path, run in runs
    ]
