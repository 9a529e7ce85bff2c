"""goldspan crawl: run extractors over the files of a crawl, on one machine or on many."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click

from goldspan.cli.options import limit_options
from goldspan.cli.output import write_file
from goldspan.cli.progress_bar import progress
from goldspan.errors import GoldspanError


@click.command(
    "crawl",
    epilog="Example: goldspan crawl trafilatura resiliparse --input crawl/ --out results/ --workers 8",
)
@click.argument("systems", nargs=-1, required=True, metavar="SYSTEM…")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    required=True,
    metavar="FILE",
    help="A WARC, WET or Parquet file, a folder of them, or a quoted pattern. Can be given several times.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder, or one to --resume.")
@click.option(
    "--engine",
    default="local",
    show_default=True,
    type=click.Choice(["local", "ray"]),
    help="ray takes the cluster of RAY_ADDRESS, else one that it starts here.",
)
@click.option("--workers", type=click.IntRange(1, 100_000), help="Shards at a time. [default: the cores there are]")
@click.option("--shard-mb", default=16.0, show_default=True, type=click.FloatRange(0.001), help="Input of a shard.")
@limit_options
@click.option("--resume", is_flag=True, help="Go on with the run in --out where it stopped.")
@click.option("--json", "json_path", metavar="FILE", help="Write the report as JSON; - for standard output.")
def command(
    systems: Sequence[str],
    inputs: Sequence[str],
    out: Path,
    engine: str,
    workers: int | None,
    shard_mb: float,
    timeout: float,
    memory: float,
    resume: bool,
    json_path: str | None,
) -> int:
    """Run extractors over the pages of a crawl, which need no gold, and keep what they say as Parquet.

    The input is cut into shards, and each one's result is a file of its own in OUT/shards, written when it is whole and
    never done again. The report has throughput, failures, lengths of the outputs, how far the systems agree, and the
    pages on which they differ most. 'goldspan suggest' names the best of them to annotate next.
    """
    from goldspan.crawl.crawl_run import begin
    from goldspan.crawl.shard_plan import check_installed, find_inputs
    from goldspan.sandbox.process import Limits

    check_installed()
    started = time.monotonic()
    crawl = begin(systems, find_inputs(inputs), out, Limits(timeout, memory), shard_mb, resume)
    number = sum(1 for _ in crawl.shards())
    faults: list[str] = []
    fresh = 0
    try:
        with progress("crawl", number, "shards") as advance:
            for outcome in crawl.run(engine, workers):
                if outcome.fault:
                    faults.append(outcome.fault)
                elif outcome.summary and outcome.fresh:
                    fresh += outcome.summary.pages
                advance(1)
    except KeyboardInterrupt:
        click.echo(f"\nwhat was finished is in {out}; go on with the same command and --resume", err=True)
        raise
    _publish(out, fresh, time.monotonic() - started, faults, json_path)
    if faults:
        raise GoldspanError(f"{len(faults)} of {number} shards failed, first {faults[0]}", "Go on with --resume.")
    return 0


def _publish(out: Path, fresh: int, seconds: float, faults: Sequence[str], json_path: str | None) -> None:
    from goldspan.crawl import report as report
    from goldspan.crawl.crawl_run import read_about
    from goldspan.crawl.disagreement import group, most_disputed
    from goldspan.crawl.shard import result_paths
    from goldspan.crawl.shard_results import read_counts
    from goldspan.crawl.summary import Summary, summary_from_json
    from goldspan.report.console import make_console

    summary = Summary(tuple(read_about(out)["systems"]))
    for path in result_paths(out):
        summary.merge(summary_from_json(read_counts(path)))
    groups = group(most_disputed(out), len(summary.systems)) if len(summary.systems) > 1 else []
    pace = report.Pace(fresh, round(seconds, 3))
    text = report.crawl_json(report.crawl_data(summary, pace, groups, faults))
    if json_path == "-":
        click.echo(text, nl=False)
    else:
        report.crawl_tables(summary, pace, groups, make_console())
        if json_path:
            write_file(Path(json_path), text)
    click.echo(f"results: {out}", err=True)
