"""goldspan speed: what do extractors cost?"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from goldspan.cli.options import limit_options
from goldspan.cli.output import write_file
from goldspan.cli.progress_bar import progress
from goldspan.errors import GoldspanError, UsageError

if TYPE_CHECKING:
    from goldspan.speed.bench_session import Order

_PASSED_ON = "--benchmark-"


@click.command(
    "speed",
    epilog="Example: goldspan speed trafilatura ./mine.py:extract --pages 40 --save base.json",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("words", nargs=-1, required=True, metavar="SYSTEM…", type=click.UNPROCESSED)
@click.option("--corpus", "corpus_spec", default="core", show_default=True, help="core, KIND:PATH, or a folder.")
@click.option(
    "--pages", default=40, show_default=True, type=click.IntRange(1), help="Of the corpus, from small to large."
)
@click.option(
    "--workers",
    default=os.cpu_count() or 1,
    type=click.IntRange(1, 256),
    help="For the throughput beside that of one. [default: the number of cores]",
)
@click.option(
    "--repeats",
    default=400,
    show_default=True,
    type=click.IntRange(0),
    help="Pages for the slope of memory; 0 for none.",
)
@click.option(
    "--seconds", default=3.0, show_default=True, type=click.FloatRange(0), help="For each throughput; 0 for none."
)
@click.option("--growth", is_flag=True, help="Measure as well how time grows with the page.")
@click.option("--largest", default=10.0, show_default=True, type=click.FloatRange(0.001), help="MB, for --growth.")
@limit_options
@click.option("--json", "json_path", metavar="FILE", help="Write the rows as JSON; - for standard output.")
@click.option("--html", "html_path", metavar="FILE", type=click.Path(path_type=Path), help="Write a report.")
@click.option("--chart", metavar="FILE", type=click.Path(path_type=Path), help="Write the drawing of --growth as SVG.")
@click.option("--markdown", is_flag=True, help="Print the table as Markdown.")
@click.option("--save", metavar="FILE", type=click.Path(path_type=Path), help="Write pytest-benchmark's JSON.")
@click.option("--compare", metavar="FILE", type=click.Path(path_type=Path), help="Compare with what --save wrote.")
@click.option(
    "--compare-fail",
    metavar="FIGURE:LIMIT",
    multiple=True,
    help="Exit with 1 if a figure got worse than --compare by more than this: parse_units:10%, peak_mb:20.",
)
def command(
    words: Sequence[str],
    corpus_spec: str,
    pages: int,
    workers: int,
    repeats: int,
    seconds: float,
    growth: bool,
    largest: float,
    timeout: float,
    memory: float,
    json_path: str | None,
    html_path: Path | None,
    chart: Path | None,
    markdown: bool,
    save: Path | None,
    compare: Path | None,
    compare_fail: Sequence[str],
) -> int:
    """Measure what SYSTEM… cost, each in a guarded process of its own: cold start, milliseconds a page, pages a second,
    CPU time, memory, and parse units, which mean the same on every machine.

    SYSTEM is what goldspan score takes. Options of pytest-benchmark are passed on to it: --benchmark-histogram=FILE,
    --benchmark-min-rounds 20. A round is a pass over the pages.
    """
    from goldspan.sandbox.process import Limits
    from goldspan.speed.bench_session import STEPS_A_SYSTEM, Order, run_session
    from goldspan.speed.speed_gate import failed, pair, read_base, read_gate
    from goldspan.speed.study import Plan

    systems, passed_on = _sorted_words(words)
    gates = [read_gate(text) for text in compare_fail]
    if gates and not compare:
        raise UsageError("--compare-fail needs a run to compare with", "Name it with --compare FILE.")
    if chart and not growth:
        raise UsageError("--chart draws what --growth measures", "Add --growth.")
    base = read_base(compare) if compare else []
    plan = Plan(Limits(timeout, memory), repeats=repeats, workers=workers, seconds=seconds)
    order = Order(systems, corpus_spec, pages, plan, passed_on)
    with progress("measuring", len(systems) * STEPS_A_SYSTEM, "steps") as advance:
        outcome = run_session(order, lambda event: advance(1) if "step" in event else None)
    rows = list(outcome.rows.values())
    if passed_on:
        click.echo(outcome.printed, err=True)
    if growth:
        rows = _with_growth(outcome.rows, order, largest)
    _publish(rows, json_path, html_path, chart, markdown)
    if save:
        write_file(save, outcome.report.decode())
    pairs = pair(rows, base, compare) if compare else []
    if pairs and json_path != "-" and not markdown:
        _print_changes(pairs, [gate.figure for gate in gates])
    worse = [*failed(pairs, gates), *outcome.regressed]
    for line in worse:
        click.echo(f"goldspan: gate failed: {line}", err=True)
    if outcome.faults:
        raise GoldspanError(outcome.faults[0])
    return 1 if worse else 0


def _sorted_words(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The systems, and the options for pytest-benchmark. What it would only refuse after everything was measured is
    refused here."""
    from importlib.util import find_spec

    words = _with_values(words)
    passed_on = tuple(word for word in words if word.startswith(_PASSED_ON))
    systems = tuple(word for word in words if word not in passed_on)
    given = {word.removeprefix(_PASSED_ON).partition("=")[0] for word in passed_on}
    for word in systems:
        if word.startswith("-"):
            raise click.NoSuchOption(word.partition("=")[0])
    if not systems:
        raise UsageError("No system is named", "Name one, for instance: goldspan speed trafilatura.")
    for name in given & {"json", "disable", "enable", "skip", "only"}:
        raise UsageError(f"{_PASSED_ON}{name} cannot be passed on", "Use --save FILE for pytest-benchmark's JSON.")
    if "compare-fail" in given and "compare" not in given:
        raise UsageError(f"{_PASSED_ON}compare-fail needs a run to compare with", f"Add {_PASSED_ON}compare.")
    if "histogram" in given and find_spec("pygal") is None:
        raise UsageError(
            f"{_PASSED_ON}histogram needs pygal, which is not installed",
            "Install it: pip install 'pytest-benchmark[histogram]'",
        )
    return systems, passed_on


def _with_values(words: Sequence[str]) -> list[str]:
    """The words, an option of pytest-benchmark and the value that stands after it as one. Where a value may be left out
    it must stand behind an equals sign: what follows without one is a system."""
    from goldspan.speed.bench_session import options_with_values

    open_ended = any(word.startswith(_PASSED_ON) and "=" not in word for word in words)
    known = options_with_values() if open_ended else frozenset()
    found: list[str] = []
    for word in words:
        if found and found[-1] in known:
            found[-1] += f"={word}"
        else:
            found.append(word)
    if found and found[-1] in known:
        raise UsageError(f"{found[-1]} needs a value", f"Write for instance {found[-1]}=VALUE.")
    return found


def _with_growth(rows: Mapping[str, dict[str, Any]], order: Order, largest: float) -> list[dict[str, Any]]:
    """The rows, each with its system's growth."""
    from goldspan.data.corpora import open_corpus
    from goldspan.speed.growth import ABOUT, measure_series, series_pages
    from goldspan.speed.page_choice import choose

    corpus = choose(open_corpus(order.corpus), order.pages)
    found: dict[str, dict[str, Any]] = {spec: {} for spec in rows}
    with progress("growth", len(rows) * len(ABOUT), "series") as advance:
        for name in ABOUT:
            pages = series_pages(name, corpus, round(largest * 1e6))
            for spec in rows:
                found[spec][name] = measure_series(spec, order.plan.limits, name, pages).row()
                advance(1)
    return [{**row, "growth": found[spec]} for spec, row in rows.items()]


def _publish(
    rows: Sequence[dict[str, Any]], json_path: str | None, html_path: Path | None, chart: Path | None, markdown: bool
) -> None:
    from goldspan.report.console import make_console
    from goldspan.sandbox.environment import environment
    from goldspan.speed import report as report
    from goldspan.speed.growth_report import growth_svg

    if json_path == "-":
        click.echo(report.speed_json(rows), nl=False)
    elif markdown:
        click.echo(report.speed_markdown(rows))
    else:
        report.speed_table(rows, make_console())
    if json_path and json_path != "-":
        write_file(Path(json_path), report.speed_json(rows))
    if html_path:
        write_file(html_path, report.speed_html(rows, environment()))
    if chart:
        write_file(chart, growth_svg(rows))


def _print_changes(pairs: Sequence[tuple[Any, Any]], gated: Sequence[str]) -> None:
    from goldspan.report.console import make_console
    from goldspan.speed.report import change_table

    names = dict.fromkeys(["parse_units", *gated, "warm_ms", "cold_ms", "peak_mb"])
    change_table(pairs, list(names), make_console())
