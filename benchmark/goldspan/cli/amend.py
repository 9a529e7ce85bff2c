"""goldspan amend: released gold changes with a reason and a new version."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from goldspan.cli.options import SAMPLES


@click.command(
    "amend",
    epilog='Example: goldspan amend en-example-com-1a2b3c4d --label 12=byline --reason "Block 12 names the author"',
)
@click.argument("id")
@click.option("--in", "folder", default=SAMPLES, show_default=True, type=click.Path(path_type=Path))
@click.option("--reason", required=True, help="What was wrong and is right now.")
@click.option(
    "--label", "labels", multiple=True, metavar="BLOCK=LABEL[/ROLE]", help="A block's right label. Repeatable."
)
def command(id: str, folder: Path, reason: str, labels: Sequence[str]) -> int:
    """Release a correction of a sample whose folder has a manifest ('goldspan check DIR --release 1.0.0' writes it).

    Edit the gold with 'goldspan annotate' first, or name the blocks with --label, which stand-off gold allows too. The
    corpus's version goes up. Run files of the old version are scored on the new one by 'goldspan rescore --amended'.
    """
    from goldspan.annotate.errata import CHANGELOG, amend
    from goldspan.errors import UsageError

    wanted = {}
    for one in labels:
        number, equals, label = one.partition("=")
        if not equals or not number.isascii() or not number.isdigit():
            raise UsageError(f"--label {one} is no block and label", "Write for instance --label 12=byline.")
        wanted[int(number)] = label
    done = amend(folder, id, reason, wanted)
    click.echo(done.line)
    click.echo(f"{folder} is at version {done.version} now; {folder / CHANGELOG} says why", err=True)
    return 0
