"""What several commands share: options, progress, the scoring of run files, and how a result leaves the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from goldspan.core.metrics import DEFAULT, find_metric
from goldspan.core.policy import Policy
from goldspan.core.scoring import Measured, summarise
from goldspan.core.stats import RESAMPLES, SEED
from goldspan.data.corpora import Corpus
from goldspan.data.runs import RunFile, SystemRun
from goldspan.errors import GoldspanError, RunFileError, UsageError
from goldspan.model import Result, Speed, System

SAMPLES = "my-samples"  # the folder that commands for annotators take unless they are told another
BY = ("page_type", "language", "family", "site", "origin")

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def options(*decorators: Decorator) -> Decorator:
    """Several options as one decorator, in reading order."""

    def apply(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return apply


scoring_options = options(
    click.option("--policy", default="neutral", show_default=True, help="A policy's name, or a JSON file of yours."),
    click.option(
        "--metric",
        "metric",
        metavar="NAME[,NAME…]",
        help="Metrics to compute; the first one ranks. [default: what the corpus has gold for]",
    ),
    click.option("--by", type=click.Choice(BY), help="Break the headline down."),
    click.option("--resamples", default=RESAMPLES, show_default=True, type=click.IntRange(100, 100_000)),
    click.option("--seed", default=SEED, show_default=True, type=int, help="Of the bootstrap."),
)
limit_options = options(
    click.option("--timeout", default=30.0, show_default=True, type=click.FloatRange(0.01), help="Seconds a page."),
    click.option("--memory", default=2048.0, show_default=True, type=click.FloatRange(16), help="MB a process."),
)
run_options = options(
    click.option("--jobs", default=1, show_default=True, type=click.IntRange(1, 256), help="Processes a system."),
    limit_options,
)
output_options = options(
    click.option("--json", "json_path", metavar="FILE", help="Write the result as JSON; - for standard output."),
    click.option("--html", "html_path", metavar="FILE", type=click.Path(path_type=Path), help="Write a report."),
    click.option("--markdown", "markdown", is_flag=True, help="Print the table as Markdown."),
    click.option("--profile", is_flag=True, help="Print what leaked by label, and what was lost by role."),
    click.option(
        "--fail-under",
        metavar="FIGURE=VALUE",
        multiple=True,
        help="Exit with 1 if a system's figure is below this (for figures where less is better: above it).",
    ),
)


def err_console() -> Console:
    return Console(stderr=True)


@contextmanager
def progress(label: str, total: int, unit: str = "pages") -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal; in a pipe, a line at the start and one at each tenth."""
    console = err_console()
    if console.is_terminal:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(label, total=total)
            yield lambda pages: bar.advance(task, pages)
        return
    done, told = 0, 0

    def advance(pages: int) -> None:
        nonlocal done, told
        done += pages
        if total >= 50 and done * 10 // total > told:
            told = done * 10 // total
            click.echo(f"{label}: {done} of {total} {unit}", err=True)

    yield advance


def metric_names(given: str | None, corpus: Corpus) -> list[str]:
    """The metrics to compute: those asked for, or those that the corpus has gold for.

    Raises:
        UsageError: there is no such metric.
    """
    if given:
        return [find_metric(name.strip()).name for name in given.split(",") if name.strip()]
    gold = corpus.load(corpus.ids[0]).gold
    if gold.blocks is not None or gold.coverage is not None:
        return list(DEFAULT)
    if gold.snippets is not None:
        return ["snippets", "metadata"]
    return ["words", "shingle", "metadata"]


@dataclass(frozen=True, slots=True)
class Scored:
    """Systems measured on a corpus: all that a result or a comparison needs."""

    systems: Sequence[System]
    measured: Sequence[Measured]
    speeds: Mapping[str, Speed]
    warnings: Mapping[str, Sequence[str]]


def measure_runs(corpus: Corpus, runs: Sequence[SystemRun], policy: Policy, names: Sequence[str]) -> Scored:
    """Measure the systems of runs on their corpus.

    Raises:
        RunFileError: a prediction is for a page that the corpus does not have, or for other bytes of it.
    """
    from goldspan.evaluate.parallel import measure, speed_of, with_observed_fields

    for run in runs:
        _refuse_strangers(corpus, run)
    systems = [with_observed_fields(run.system, run.predictions) for run in runs]
    with progress("scoring", len(corpus)) as advance:
        measured = measure(corpus, systems, [run.predictions for run in runs], policy, names, advance)
    warnings = {}
    for run in runs:
        missing = len(corpus) - len(run.predictions)
        if missing:
            warnings[run.system.key] = [
                f"{missing} of {len(corpus)} pages have no prediction and score as empty outputs"
            ]
    return Scored(systems, measured, {run.system.key: speed_of(run) for run in runs}, warnings)


def _refuse_strangers(corpus: Corpus, run: SystemRun) -> None:
    known = set(corpus.ids)
    strangers = [page for page in run.predictions if page not in known]
    if strangers:
        raise RunFileError(
            f"{run.system.key} has predictions for {len(strangers)} pages that {corpus.name} does not have, "
            f"first '{strangers[0]}'",
            "Is it the right corpus? Name it with --corpus, or take those pages out.",
        )


def result_of(
    corpus: Corpus,
    scored: Scored,
    policy: Policy,
    names: Sequence[str],
    by: str | None,
    resamples: int,
    seed: int,
    environment: Mapping[str, str],
) -> Result:
    from goldspan.core.protocol import corpus_identity

    return summarise(
        corpus_identity(corpus.name, corpus.digest),
        scored.measured,
        scored.systems,
        policy,
        [find_metric(name) for name in names],
        by=by,
        resamples=resamples,
        seed=seed,
        speeds=scored.speeds,
        warnings=scored.warnings,
        environment=environment,
    )


def gates(values: Sequence[str]) -> list[tuple[str, float]]:
    """``--fail-under`` values.

    Raises:
        UsageError: one is not of the form figure=number.
    """
    found = []
    for value in values:
        name, _, number = value.partition("=")
        try:
            found.append((name.strip(), float(number)))
        except ValueError:
            raise UsageError(
                f"--fail-under {value} has no number", "Write for instance --fail-under body.f1=0.9."
            ) from None
    return found


def failed_gates(result: Result, limits: Sequence[tuple[str, float]]) -> list[str]:
    """The gates that the systems fail, in words.

    Raises:
        UsageError: a figure was not computed.
    """
    failed = []
    for name, limit in limits:
        for one in result.systems:
            if name not in one.scores:
                raise UsageError(
                    f"--fail-under names '{name}', which was not computed",
                    f"Computed are {', '.join(sorted(one.scores))}.",
                )
            value = one.scores[name].value
            less = find_metric(name.split(".")[0]).lower_is_better
            if value is None or (value > limit if less else value < limit):
                shown = "not defined" if value is None else f"{value:.4f}"
                failed.append(f"{one.system.key}: {name} is {shown}, the limit is {limit:g}")
    return failed


def publish(
    result: Result,
    json_path: str | None,
    html_path: Path | None,
    markdown: bool,
    profile: bool,
    limits: Sequence[tuple[str, float]],
) -> int:
    """Print and write a result.

    Returns:
        The exit code: 1 if a gate failed.
    """
    from goldspan.report import console as tables
    from goldspan.report.markdown import score_markdown
    from goldspan.report.result_json import result_json

    failed = failed_gates(result, limits)
    if json_path == "-":
        click.echo(result_json(result), nl=False)
    elif markdown:
        click.echo(score_markdown(result))
    else:
        console = tables.make_console()
        tables.score_table(result, console)
        if result.by:
            tables.strata_table(result, console)
        if profile:
            tables.profile_table(result, console)
    if json_path and json_path != "-":
        write_file(Path(json_path), result_json(result))
    if html_path:
        from goldspan.report.html import report_html

        write_file(html_path, report_html(result))
    for line in failed:
        click.echo(f"goldspan: gate failed: {line}", err=True)
    return 1 if failed else 0


def write_file(path: Path, text: str) -> None:
    from goldspan.data.files import write_atomically

    write_atomically(path, text.encode("utf-8", "replace"))
    click.echo(f"wrote {path}", err=True)


def corpus_of(run: RunFile, given: str | None, amended: bool = False) -> Corpus:
    """The corpus that a run file belongs to: the one it names, or where the user says it is now.

    Args:
        amended: its gold may be another than it was. (That the pages are the same is checked with the predictions.)

    Raises:
        RunFileError: it is another one than it was.
    """
    from goldspan.data.corpora import open_corpus

    spec = given or (run.header.corpus if run.header else "core")
    try:
        corpus = open_corpus(spec)
    except GoldspanError as error:
        if given:
            raise
        raise RunFileError(
            f"the corpus of {run.path} cannot be opened: {error}", "Say where it is with --corpus."
        ) from None
    if run.header and run.header.digest != corpus.digest and not (amended and run.header.pages == len(corpus)):
        raise RunFileError(
            f"{run.path} was made on {run.header.name}@{run.header.digest[:8]} with {run.header.pages} pages, "
            f"and this is {corpus.name}@{corpus.digest[:8]} with {len(corpus)}",
            "Run again, or name the right corpus with --corpus. Where gold was amended: goldspan rescore --amended.",
        )
    return corpus


def read_any(path: Path) -> RunFile:
    """A run file of ours, or finished predictions of another program.

    Raises:
        RunFileError: it is neither.
    """
    from goldspan.data.files import read_bytes
    from goldspan.data.runs import read_foreign, read_run

    first = read_bytes(path, RunFileError)[:4096].split(b"\n")[0]
    return read_run(path) if b'"run_version"' in first else read_foreign(path)
