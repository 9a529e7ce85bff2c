"""goldspan gallery: every page of a set, as it looks, beside its labels."""

from __future__ import annotations

from pathlib import Path

import click

from goldspan.cli.progress_bar import progress


@click.command(
    "gallery",
    epilog="Example: goldspan gallery --out gallery/ && xdg-open gallery/index.html",
)
@click.option("--corpus", "corpus_spec", default="core", show_default=True, help="core, KIND:PATH, or a folder.")
@click.option("--page", "pages", multiple=True, metavar="ID", help="Only this page. Can be given several times.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
def command(corpus_spec: str, pages: tuple[str, ...], out: Path) -> int:
    """Write a gallery of a corpus: a list, and for every page how it looks beside its blocks with their labels.

    The gallery is static and needs no network. Scripts of the pages do not run in it, and nothing is loaded.
    """
    from goldspan.data.corpora import open_corpus
    from goldspan.data.files import write_folder
    from goldspan.report.gallery import gallery

    corpus = open_corpus(corpus_spec)
    ids = pages or corpus.ids
    with progress("reading", len(ids)) as advance:
        samples = []
        for page in ids:
            samples.append(corpus.load(page))
            advance(1)
    write_folder(out, dict(gallery(samples, f"Gallery: {corpus.name}")))
    click.echo(f"{len(ids)} pages: open {out / 'index.html'} in a browser", err=True)
    return 0
