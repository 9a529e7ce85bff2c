"""goldspan check: is the gold well formed, and does it belong to its pages?"""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.schema import data_path


@click.command(
    "check",
    short_help="Check gold files: schema, hashes, streams, labels.",
    epilog="Example: goldspan check my-samples/",
)
@click.argument("path", required=False, type=click.Path(path_type=Path))
def command(path: Path | None) -> int:
    """Check the samples in PATH, or the set that ships: form, hashes, text streams, labels, manifest.

    Prints a line an incident: level, sample, block, what is wrong, what to do. Exits with 1 if there is an error.
    """
    from benchmark.annotate.check import check_folder

    incidents, samples = check_folder(path or data_path("annotations"))
    for incident in incidents:
        click.echo(str(incident))
    errors = sum(incident.level == "error" for incident in incidents)
    click.echo(f"{samples} samples, {errors} errors, {len(incidents) - errors} warnings", err=True)
    return 1 if errors else 0
