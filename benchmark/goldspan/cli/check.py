"""goldspan check: is the gold well formed, and does it belong to its pages?"""

from __future__ import annotations

from pathlib import Path

import click

from goldspan.data.schema import data_path


@click.command(
    "check",
    epilog="Example: goldspan check my-samples/",
)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--release", metavar="VERSION", help="If there is no error, write PATH's manifest: the gold is released.")
def command(path: Path | None, release: str | None) -> int:
    """Check the samples in PATH, or the set that ships: form, hashes, text streams, labels, manifest.

    PATH is a folder of samples or of stand-off gold, or one sample. Prints a line an incident: level, sample, block,
    what is wrong, what to do. Exits with 1 if there is an error. Released gold is changed by 'goldspan amend'.
    """
    from goldspan.annotate.errata import release as write_manifest
    from goldspan.annotate.gold_checks import check_folder
    from goldspan.errors import UsageError

    if release and path is None:
        raise UsageError("--release needs the folder to release", "Write: goldspan check DIR --release 1.0.0.")
    incidents, samples = check_folder(path or data_path("annotations"))
    for incident in incidents:
        click.echo(str(incident))
    errors = sum(incident.level == "error" for incident in incidents)
    click.echo(f"{samples} samples, {errors} errors, {len(incidents) - errors} warnings", err=True)
    if release and path and not errors:
        count = write_manifest(path, release)
        click.echo(f"released as version {release}: {count} samples in {path / 'manifest.json'}", err=True)
    return 1 if errors else 0
