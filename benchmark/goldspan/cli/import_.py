"""goldspan import: samples back from the formats of other tools."""

from __future__ import annotations

from pathlib import Path

import click

from goldspan.cli.export import FORMATS
from goldspan.cli.options import SAMPLES


@click.command(
    "import",
    epilog="Example: goldspan import --from label-studio project.json --into my-samples --replace",
)
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--from", "format", required=True, type=click.Choice([name for name in FORMATS if name != "standoff"]))
@click.option("--into", default=SAMPLES, show_default=True, type=click.Path(path_type=Path), help="A folder.")
@click.option("--replace", is_flag=True, help="Replace the labels of samples that are there already.")
def command(source: Path, format: str, into: Path, replace: bool) -> int:
    """Read samples that 'goldspan export' wrote, and that another tool may have labelled anew, into a folder.

    Nothing is written unless every sample can be read and is right by the schema.
    """
    from goldspan.annotate.provenance import with_changes
    from goldspan.data.corpora.samples import sample_folders
    from goldspan.data.exchange import read_exchange
    from goldspan.data.gold import write_sample
    from goldspan.errors import UsageError

    samples = [with_changes(sample) for sample in read_exchange(format, source)]
    folder, known = sample_folders(into)
    there = {sample.id for sample in samples} & set(known)
    if there and not replace:
        raise UsageError(f"{folder / min(there)} is there already", "Choose another folder, or say --replace.")
    for sample in samples:
        write_sample(folder / sample.id, sample)
    click.echo(f"{len(samples)} samples in {folder}; check them with: goldspan check {into}", err=True)
    return 0
