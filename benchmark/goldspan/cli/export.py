"""goldspan export: labelled samples in the formats of other tools."""

from __future__ import annotations

from pathlib import Path

import click

from goldspan.cli.options import SAMPLES
from goldspan.cli.progress_bar import progress

FORMATS = ("label-studio", "brat", "jsonl", "parquet", "standoff")


@click.command(
    "export",
    epilog="Example: goldspan export --to label-studio --corpus my-samples --out tasks.json",
)
@click.option("--to", "format", required=True, type=click.Choice(FORMATS))
@click.option("--corpus", "spec", default=SAMPLES, show_default=True, help="core, KIND:PATH, or a folder.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="A new file or, for brat and standoff, folder."
)
@click.option("--match", metavar="KIND:PATH", help="For standoff: the corpus that the pages come from.")
def command(format: str, spec: str, out: Path, match: str | None) -> int:
    """Write labelled samples in the format of another tool. 'goldspan import' reads them back without loss.

    Stand-off gold holds labels and hashes and no text, for pages that cannot be shipped. Whoever has the corpus that
    they come from can score with it: --corpus standoff:FOLDER.
    """
    from goldspan.data.corpora import open_corpus
    from goldspan.data.files import write_folder
    from goldspan.errors import UsageError

    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise UsageError(f"{out} is there already", "Choose another place, or remove it first.")
    if format == "standoff":
        from goldspan.annotate.to_standoff import standoff_files

        if not match:
            raise UsageError("stand-off gold is about the pages of a corpus", "Name it with --match, as KIND:PATH.")
        corpus = open_corpus(match)
        with progress("reading", len(corpus)) as advance:
            files = standoff_files(Path(spec), corpus, match.partition(":")[0], advance)
        write_folder(out, files)
        click.echo(f"{sum(name.endswith('standoff.json') for name in files)} pages in {out}", err=True)
        return 0
    from goldspan.data.exchange import write_exchange

    corpus = open_corpus(spec)
    with progress("reading", len(corpus)) as advance:
        samples = []
        for id in corpus.ids:
            samples.append(corpus.load(id))
            advance(1)
    count = write_exchange(format, samples, out)
    click.echo(f"{count} samples in {out}", err=True)
    return 0
