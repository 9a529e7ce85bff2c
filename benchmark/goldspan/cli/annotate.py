"""goldspan annotate: label pages in the browser."""

from __future__ import annotations

import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from goldspan.cli.options import SAMPLES

if TYPE_CHECKING:
    from goldspan.annotate.session import Session


@click.command(
    "annotate",
    epilog="Example: goldspan annotate en-example-com-1a2b3c4d --as ada",
)
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option("--in", "folder", default=SAMPLES, show_default=True, type=click.Path(path_type=Path))
@click.option("--as", "annotator", metavar="NAME", help="Who labels; it stands in the gold's provenance.")
@click.option("--blind", is_flag=True, help="Start from nothing, and write labels/NAME.json instead of the gold.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def command(ids: Sequence[str], folder: Path, annotator: str | None, blind: bool, no_browser: bool) -> int:
    """Label the blocks of pages, and fill in their metadata, in your browser. Without ID, all pages of the folder.

    Every change is saved at once. The page is served on this machine only, and works offline; press Ctrl+C to stop.
    Two people who label with --blind can be compared: 'goldspan agree'.
    """
    from goldspan.annotate.session import open_session

    return run(open_session(folder, ids, annotator, "blind" if blind else "open"), no_browser)


def run(session: Session, no_browser: bool) -> int:
    """Serve a desk until it is stopped."""
    from goldspan.annotate.server import Served, bind, make_server

    bound = bind()
    served = Served(session, bound.getsockname()[1])
    click.echo(served.address)
    click.echo("press Ctrl+C when you are done; every change is saved at once", err=True)
    if not no_browser:
        webbrowser.open(served.address)
    make_server(served).run(sockets=[bound])
    return 0
