"""goldspan agree: how far annotators agree."""

from __future__ import annotations

from pathlib import Path

import click

from goldspan.cli.options import SAMPLES
from goldspan.cli.output import write_file
from goldspan.core.stats import RESAMPLES, SEED


@click.command(
    "agree",
    epilog="Example: goldspan agree my-samples",
)
@click.argument("folder", default=SAMPLES, type=click.Path(path_type=Path))
@click.option("--resamples", default=RESAMPLES, show_default=True, type=click.IntRange(100, 100_000))
@click.option("--seed", default=SEED, show_default=True, type=int, help="Of the bootstrap.")
@click.option("--json", "json_path", metavar="FILE", help="Write the result as JSON; - for standard output.")
def command(folder: Path, resamples: int, seed: int, json_path: str | None) -> int:
    """Compare the label vectors of FOLDER's pages: Krippendorff's alpha and Cohen's kappa, a block and a character.

    Taken are the files labels/NAME.json that 'goldspan annotate --blind' writes, and golds that one person made. At
    least two people must have finished a page.
    """
    from goldspan.annotate.agreement import agreement, votes_of
    from goldspan.annotate.agreement_report import agreement_json, print_agreement
    from goldspan.errors import UsageError
    from goldspan.report.console import make_console

    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", "Give the folder of the samples.")
    found = agreement(votes_of(folder), resamples, seed)
    if json_path == "-":
        click.echo(agreement_json(found), nl=False)
    else:
        print_agreement(found, make_console())
        if json_path:
            write_file(Path(json_path), agreement_json(found))
    return 0
