"""goldspan draw: fresh pages that nobody has seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from goldspan.cli.progress_bar import progress
from goldspan.data.schema import data_path


@click.command(
    "draw",
    epilog="Example: goldspan draw --seed 42 --pages 60 --out fresh/ && goldspan score trafilatura --corpus fresh/",
)
@click.option("--seed", required=True, type=int, help="Everything follows from it.")
@click.option("--pages", default=60, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@click.option(
    "--articles",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of articles of your own, <lang>/<slug>.md. Can be given several times.",
)
@click.option(
    "--skins",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of skins of your own. Can be given several times.",
)
@click.option("--only-own", is_flag=True, help="Draw from your own articles and skins alone, where you give any.")
@click.option("--language", multiple=True, help="Draw pages of this language. Can be given several times.")
def command(
    seed: int,
    pages: int,
    out: Path,
    articles: Sequence[Path],
    skins: Sequence[Path],
    only_own: bool,
    language: Sequence[str],
) -> int:
    """Compose fresh pages with exact gold into the folder OUT, a corpus like the one that ships.

    An article is drawn into the skin of a site family, with other boilerplate and other mess than on any page of the
    core set. A system that has learned the core set by heart does worse on them; one that was tuned on the composer
    does not, unless some of the articles and skins are kept private: name their folders with --articles and --skins.
    """
    from goldspan.data.files import write_folder
    from goldspan.errors import UsageError
    from goldspan.synth import draw_plan, load_templates, read_articles
    from goldspan.synth.build import build, files

    if out.exists() and any(out.iterdir() if out.is_dir() else [out]):
        raise UsageError(f"{out} is there already and not empty", "Choose another place, or remove it first.")
    known = {} if only_own and articles else read_articles(data_path("annotations", "articles"))
    for folder in articles:
        own = read_articles(folder)
        if not own:
            raise UsageError(f"{folder} holds no articles", "They are Markdown files, <lang>/<slug>.md.")
        known |= own
    if language:
        known = {key: article for key, article in known.items() if article.language in language}
    families = load_templates(*skins, shipped=not (only_own and skins))
    plan = draw_plan(known, families, seed, pages)
    made = []
    with progress("composing", len(plan)) as advance:
        for page in build(plan, known, families):
            made.append(page)
            advance(1)
    write_folder(out, files(made, f"draw-{seed}"))
    click.echo(f"{len(made)} pages in {out}; score them with: goldspan score SYSTEM --corpus {out}", err=True)
    return 0
