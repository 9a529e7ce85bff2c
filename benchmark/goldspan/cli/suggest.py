"""goldspan suggest: the best pages of a crawl to annotate next."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command(
    "suggest",
    epilog="Example: goldspan suggest results/ --count 20",
)
@click.argument("results", type=click.Path(path_type=Path))
@click.option("--count", default=20, show_default=True, type=click.IntRange(1, 2000), help="Pages to name.")
@click.option("--per-site", default=2, show_default=True, type=click.IntRange(1), help="Of one registrable domain.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(results: Path, count: int, per_site: int, as_json: bool) -> int:
    """Name the pages of a crawl that are best annotated next, from the folder that 'goldspan crawl' wrote.

    They are those on which the systems differ most, by turns from groups of like quarrels, and few from one site. Add
    one with 'goldspan add FILE --url URL'.
    """
    from goldspan.crawl.crawl_run import read_about
    from goldspan.crawl.disagreement import check_disputable, group, most_disputed, suggest
    from goldspan.crawl.report import suggestion_rows, suggestion_table
    from goldspan.crawl.shard_plan import check_installed
    from goldspan.report.console import make_console

    check_installed()
    systems = read_about(results)["systems"]
    check_disputable(systems, results)
    suggested = suggest(group(most_disputed(results), len(systems)), count, per_site)
    if as_json:
        text = json.dumps(suggestion_rows(suggested), ensure_ascii=False, indent=1)
        click.echo(text.encode("utf-8", "replace").decode("utf-8"))
    elif suggested:
        suggestion_table(suggested, make_console())
    else:
        click.echo("the systems agree on every page", err=True)
    return 0
