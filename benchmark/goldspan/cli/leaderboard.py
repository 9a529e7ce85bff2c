"""goldspan leaderboard: a store of verified submissions, and the site that is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from goldspan.cli.progress_bar import progress
from goldspan.cli.verify import How, verify_bundle, verify_options

_store = click.option(
    "--store",
    default=Path("leaderboard"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="Where entries are.",
)


@click.group(
    "leaderboard",
    epilog="Example: goldspan leaderboard add bundle/ && goldspan leaderboard build --out site/",
)
def command() -> None:
    """Keep verified submissions in a folder, and build a static site from it."""


@command.command("add", epilog="Example: goldspan leaderboard add bundle/ --rerun")
@click.argument("bundle", type=click.Path(path_type=Path))
@_store
@verify_options
def add(
    bundle: Path,
    store: Path,
    **how: Unpack[How],
) -> int:
    """Verify a BUNDLE and put its scores, computed here, into the store. Older versions stay; nothing is taken out."""
    from datetime import UTC, datetime

    from goldspan.leaderboard.entries import add_entry, make_entry, read_entries
    from goldspan.report import formatting

    verified, fresh, corpus = verify_bundle(bundle, **how)
    number = max((entry.number for entry in read_entries(store)), default=0) + 1
    today = datetime.now(UTC).date().isoformat()
    entry, laid = make_entry(verified, corpus, fresh, number, today, progress)
    path = add_entry(store, entry, laid)
    click.echo(f"{formatting.line(entry.key)}: {entry.tag}, number {number}, in {path}", err=True)
    return 0


@command.command("build", epilog="Example: goldspan leaderboard build --out site/   # then open site/index.html")
@_store
@click.option("--corpus", "corpus_spec", default="core", show_default=True, help="What the entries were scored on.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder, or a site to replace.")
@click.option("--shipped/--no-shipped", default=True, show_default=True, help="With the results that ship.")
def build(store: Path, corpus_spec: str, out: Path, shipped: bool) -> int:
    """Build the site: static files that need no network and no server."""
    from goldspan.data.corpora import open_corpus
    from goldspan.leaderboard.site.board import shipped as shipped_stores
    from goldspan.leaderboard.site.build_site import build_site, replace_site

    corpus = open_corpus(corpus_spec)
    with progress("pages", len(corpus)) as advance:
        made = build_site([*(shipped_stores(corpus) if shipped else []), store], corpus, advance)
    replace_site(out, made)
    size = sum(map(len, made.values())) / 2**20
    click.echo(f"{len(made)} files, {size:.1f} MB, in {out}; open {out / 'index.html'}", err=True)
    return 0
