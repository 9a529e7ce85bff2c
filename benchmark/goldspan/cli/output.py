"""How a result leaves the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from goldspan.evaluate.thresholds import Threshold, missed_thresholds
from goldspan.model import Result


def publish(
    result: Result,
    json_path: str | None,
    html_path: Path | None,
    markdown: bool,
    profile: bool,
    thresholds: Sequence[Threshold],
) -> int:
    """Print and write a result.

    Returns:
        The exit code: 1 if a system misses a threshold.
    """
    from goldspan.report import console as tables
    from goldspan.report.markdown import score_markdown
    from goldspan.report.result_json import result_json

    missed = missed_thresholds(result, thresholds)
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
    for line in missed:
        click.echo(f"goldspan: gate failed: {line}", err=True)
    return 1 if missed else 0


def write_file(path: Path, text: str) -> None:
    from goldspan.data.files import write_atomically

    write_atomically(path, text.encode("utf-8", "replace"))
    click.echo(f"wrote {path}", err=True)
