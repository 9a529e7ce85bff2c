"""goldspan publish: the data set or the site, to the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click


@click.command(
    "publish",
    epilog="Example: goldspan publish leaderboard --site site/ --to hf:ORG/NAME --dry-run",
)
@click.argument("what", type=click.Choice(["dataset", "leaderboard"]))
@click.option("--to", required=True, metavar="hf:ORG/NAME", help="Where to.")
@click.option("--site", default=Path("site"), show_default=True, type=click.Path(path_type=Path), help="A built site.")
@click.option("--message", help="Of the commit.")
@click.option("--dry-run", is_flag=True, help="List exactly what would be sent, and send nothing.")
def command(what: Literal["dataset", "leaderboard"], to: str, site: Path, message: str | None, dry_run: bool) -> int:
    """Send the data set (Parquet, card, Croissant metadata) or a built site (as a static space) to the Hub, in one
    commit. Files that are there and are not sent are taken out.

    The token comes from HF_TOKEN or from 'hf auth login'.
    """
    from goldspan import __version__
    from goldspan.leaderboard.hub import dataset_publication, leaderboard_publication, publish

    publication = dataset_publication(to) if what == "dataset" else leaderboard_publication(to, site)
    if dry_run:
        for line in publication.lines():
            click.echo(line)
        return 0
    where = publish(publication, message or f"goldspan {__version__}")
    click.echo(f"{len(publication.files)} files sent: {where}", err=True)
    return 0
