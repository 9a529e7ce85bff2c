"""goldspan adjudicate: decide the blocks on which annotators differ."""

from __future__ import annotations

from pathlib import Path

import click

from goldspan.cli.options import SAMPLES


@click.command(
    "adjudicate",
    epilog="Example: goldspan adjudicate en-example-com-1a2b3c4d --as chris",
)
@click.argument("id")
@click.option("--in", "folder", default=SAMPLES, show_default=True, type=click.Path(path_type=Path))
@click.option("--as", "annotator", metavar="NAME", help="Who decides; it stands in the gold's provenance.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def command(id: str, folder: Path, annotator: str | None, no_browser: bool) -> int:
    """Open a page in the browser with only the blocks on which its annotators differ, and what each said.

    Where they agree, the gold takes their label. Every label vector is kept.
    """
    from goldspan.annotate.adjudication import open_adjudication
    from goldspan.cli.annotate import run

    return run(open_adjudication(folder, id, annotator), no_browser)
