"""goldspan gate: exit with 1 when a change made an extractor worse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from goldspan.cli.progress_bar import progress
from goldspan.core.stats import RESAMPLES, SEED
from goldspan.data.schema import load_policy
from goldspan.errors import UsageError
from goldspan.evaluate.run_files import corpus_of_all, only_system, read_predictions

_SHOWN = 5


class _Command(click.Command):
    """Its help ends with the figures that were measured, which are read when they are asked for."""

    def format_epilog(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        from goldspan.evaluate.gate import power_text

        formatter.write_paragraph()
        for line in power_text().splitlines():
            formatter.write(f"{line}\n")
        super().format_epilog(context, formatter)


@click.command(
    "gate",
    cls=_Command,
    epilog="Example: goldspan gate mine.jsonl --baseline base.jsonl --max-drop 0.005",
)
@click.argument("run_file", type=click.Path(path_type=Path))
@click.option("--baseline", required=True, type=click.Path(path_type=Path), help="The run file to compare with.")
@click.option(
    "--max-drop", default=0.005, show_default=True, type=click.FloatRange(0), help="How much worse is allowed."
)
@click.option("--metric", default="body", show_default=True, help="Whose headline is compared.")
@click.option("--policy", default="neutral", show_default=True, help="A policy's name, or a JSON file of yours.")
@click.option("--corpus", "corpus_spec", help="Where the corpus is now, if it has moved.")
@click.option("--system", help="Which system, where a run file holds several: its name or key.")
@click.option("--fail-unsure", is_flag=True, help="Fail on a fall beyond --max-drop that is not sure, too.")
@click.option("--resamples", default=RESAMPLES, show_default=True, type=click.IntRange(100, 100_000))
@click.option("--seed", default=SEED, show_default=True, type=int, help="Of the bootstrap.")
def command(
    run_file: Path,
    baseline: Path,
    max_drop: float,
    metric: str,
    policy: str,
    corpus_spec: str | None,
    system: str | None,
    fail_unsure: bool,
    resamples: int,
    seed: int,
) -> int:
    """Compare a run with a baseline, page by page, and exit with 1 if it is worse.

    It fails where the figure fell by more than --max-drop and the 95 % interval of the paired difference lies below 0:
    neither a large fall that chance could explain nor a sure one that is small enough fails. A large fall that is not
    sure is said, and passes, unless --fail-unsure: it hangs on few pages, or on few sites.
    """
    from goldspan.core.metrics import find_metric
    from goldspan.evaluate.evaluation import Scoring, evaluate
    from goldspan.evaluate.gate import judge
    from goldspan.report import formatting

    found = find_metric(metric)
    files = [read_predictions(path) for path in (run_file, baseline)]
    new, old = (only_system(file, system) for file in files)
    old = replace(old, system=replace(old.system, name=f"{old.system.name} (baseline)"))
    corpus = corpus_of_all(files, corpus_spec)
    scoring = Scoring(load_policy(policy), (found.name,), None, resamples, seed)
    found_pages = evaluate(corpus, [new, old], scoring, progress)
    if not any(row.values[found.name] for page in found_pages.measured for row in page.rows):
        raise UsageError(f"the metric {found.name} applies to no page of this corpus", "Choose another with --metric.")
    verdict = judge(found_pages.measured, found_pages.systems, found, max_drop, resamples=resamples, seed=seed)
    title = f"{found.name}.{found.headline}"
    gap = verdict.difference
    click.echo(
        f"{title}: {gap.value:+.4f} [{gap.low:+.4f} {gap.high:+.4f}] against the baseline, {max_drop:g} allowed, "
        f"{len(corpus)} pages"
    )
    for page, change in verdict.pages[:_SHOWN]:
        click.echo(f"  {formatting.line(page)}  {change:+.3f}")
    if len(verdict.pages) > _SHOWN:
        click.echo(f"  and {len(verdict.pages) - _SHOWN} more pages that got worse")
    said = {
        "pass": "passed",
        "unsure": "passed, but not proven: it fell by more than is allowed, and the interval holds 0",
        "fail": f"failed; see goldspan explain {run_file} PAGE",
    }
    has_failed = verdict.outcome == "fail" or (fail_unsure and verdict.outcome == "unsure")
    click.echo(f"gate {said['fail'] if has_failed else said[verdict.outcome]}", err=has_failed)
    return 1 if has_failed else 0
