"""goldspan gate: exit with 1 when a change made an extractor worse."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from goldspan.cli.options import limit_options
from goldspan.cli.progress_bar import progress

if TYPE_CHECKING:
    from goldspan.evaluate.gate import Verdict

_SHOWN = 10


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
    epilog="Example: goldspan gate mine.jsonl --baseline base.jsonl --accept en-wire-0007",
)
@click.argument("run_file", metavar="RUN-FILE|SYSTEM")
@click.option("--baseline", required=True, type=click.Path(path_type=Path), help="The run file to compare with.")
@click.option("--max-drop", default=0.0, show_default=True, type=click.FloatRange(0), help="How far the mean may fall.")
@click.option(
    "--max-page-drop", default=0.3, show_default=True, type=click.FloatRange(0), help="How far one page may fall."
)
@click.option(
    "--accept", multiple=True, metavar="PAGE|FILE", help="A page whose change is right, or a file with one a line."
)
@click.option("--population", is_flag=True, help="Also fail where the 95 % interval of the difference is below 0.")
@click.option("--metric", default="body", show_default=True, help="Whose headline is compared.")
@click.option("--policy", default="neutral", show_default=True, help="A policy's name, or a JSON file of yours.")
@click.option("--corpus", "corpus_spec", help="Where the corpus is now, if it has moved.")
@click.option("--system", help="Which system, where a run file holds several: its name or key.")
@limit_options
def command(
    run_file: str,
    baseline: Path,
    max_drop: float,
    max_page_drop: float,
    accept: Sequence[str],
    population: bool,
    metric: str,
    policy: str,
    corpus_spec: str | None,
    system: str | None,
    timeout: float,
    memory: float,
) -> int:
    """Compare a run with a baseline, page by page, and exit with 1 if it is worse.

    It fails on facts: where the mean over the corpus fell by more than --max-drop, where a page that gave a text now
    fails, and where a page fell by more than --max-page-drop. Look at such a page; if its change is right, --accept it,
    and it counts as unchanged. Given a SYSTEM in place of its run file, the gate runs it, and tries a page that timed
    out once more.

    --population asks another question: would the fall be seen on other pages like these? It fails where the 95 %
    interval of the paired difference says so.
    """
    from goldspan.core.metrics import find_metric
    from goldspan.data.schema import load_policy
    from goldspan.evaluate.evaluation import Scoring, evaluate
    from goldspan.evaluate.gate import judge, read_accepted
    from goldspan.evaluate.run_files import check_whole, corpus_of, only_system, read_predictions
    from goldspan.evaluate.run_system import run_twice
    from goldspan.model import Limits

    found = find_metric(metric)
    rules, accepted = load_policy(policy), read_accepted(accept)
    old_file = read_predictions(baseline)
    corpus = corpus_of(old_file, corpus_spec)
    old = only_system(old_file, system)
    if Path(run_file).is_file() and not run_file.endswith(".py"):
        new_file = read_predictions(Path(run_file))
        corpus_of(new_file, corpus_spec or corpus.spec)
        new = only_system(new_file, system)
    else:
        new = run_twice(run_file, corpus, Limits(timeout, memory), progress)
    check_whole(old, corpus, str(baseline))
    check_whole(new, corpus, run_file)
    old = replace(old, system=replace(old.system, name=f"{old.system.name} (baseline)"))
    evaluation = evaluate(corpus, [new, old], Scoring(rules, (found.name,)), progress)
    verdict = judge(
        evaluation.measured,
        evaluation.systems,
        found,
        max_drop,
        max_page_drop,
        accepted=accepted,
        population=population,
    )
    for line in _lines(verdict, f"{found.name}.{found.headline}", len(corpus), run_file):
        click.echo(line)
    for fault in verdict.faults:
        click.echo(f"gate failed: {fault}", err=True)
    if not verdict.has_failed:
        click.echo("gate passed")
    return 1 if verdict.has_failed else 0


def _lines(verdict: Verdict, title: str, pages: int, run_file: str) -> Iterator[str]:
    """The difference, then the pages that got worse, each with the command that shows it."""
    from goldspan.report.formatting import line, share

    left_out = f", {len(verdict.accepted)} accepted" if verdict.accepted else ""
    yield f"{title}: {verdict.change:+.4f} against the baseline, {pages} pages{left_out}"
    if gap := verdict.difference:
        yield f"on pages like these: {gap.value:+.4f} [{gap.low:+.4f} {gap.high:+.4f}], 95 % interval"
    for page in verdict.pages[:_SHOWN]:
        now = page.status if page.has_failed else share(page.new)
        mark = " *" if page.has_failed or page.is_far else ""
        yield f"  {line(page.id)}  {share(page.old)} → {now}{mark}   goldspan explain {shlex.quote(run_file)} {page.id}"
    if len(verdict.pages) > _SHOWN:
        yield f"  and {len(verdict.pages) - _SHOWN} more pages that got worse"
