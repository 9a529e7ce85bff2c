"""goldspan add: a web page becomes a sample to label."""

from __future__ import annotations

from pathlib import Path

import click

from goldspan.cli.options import SAMPLES


@click.command(
    "add",
    epilog="Example: goldspan add page.html --url https://news.example/story --into my-samples",
)
@click.argument("source")
@click.option("--url", help="The page's address; in a WARC, the record to take.")
@click.option("--into", default=SAMPLES, show_default=True, type=click.Path(path_type=Path), help="A folder.")
@click.option("--id", "id", help="The sample's name. [default: language, site and hash]")
@click.option("--language", help="Of the article's text, as BCP 47. [default: what the page declares]")
@click.option("--page-type", help="Such as news, blog or forum; see schemas/labels.json.")
@click.option("--licence", help="Under which the page may be passed on.")
@click.option("--origin", default="crawled", show_default=True, help="How the page came about.")
@click.option("--duplicate", is_flag=True, help="Add it even if it, or a page like it, is there already.")
@click.option("--private", is_flag=True, help="Allow a URL inside your own network.")
def command(
    source: str,
    url: str | None,
    into: Path,
    id: str | None,
    language: str | None,
    page_type: str | None,
    licence: str | None,
    origin: str,
    duplicate: bool,
    private: bool,
) -> int:
    """Add a page to a folder of samples.

    SOURCE is a saved page (.html), plain text (.txt), a browser's single file (.mhtml), a WARC, or a URL. The bytes are
    stored as they are, cut into blocks, and given draft labels. 'goldspan annotate' is next.
    """
    from goldspan.annotate.candidates import find_candidates
    from goldspan.annotate.new_sample import add_page, read_source
    from goldspan.data.schema import load_labels
    from goldspan.errors import UsageError
    from goldspan.model import About
    from goldspan.report.console import make_console

    if page_type and page_type not in load_labels().page_types:
        raise UsageError(f"there is no page type '{page_type}'", f"Take one of {', '.join(load_labels().page_types)}.")
    about = About(language, page_type, origin=origin, licence=licence)
    added = add_page(read_source(source, url, private), into, id=id, about=about, duplicates=duplicate)
    console = make_console()
    drafted = f", drafted by {added.prelabelled_by}" if added.prelabelled_by else ""
    console.print(f"{added.folder}: {added.blocks} blocks{drafted}, {added.page.encoding}", markup=False)
    for one in find_candidates(added.page):
        console.print(f"  {one.field:<11} {one.value[:80]}  ({one.source})", markup=False, highlight=False)
    if added.warning:
        click.echo(f"goldspan: warning: {added.warning}", err=True)
    click.echo(f"label it with: goldspan annotate {added.page.id} --in {into}", err=True)
    return 0
