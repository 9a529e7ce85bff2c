"""goldspan explain: one page of one system, word by word."""

from __future__ import annotations

from pathlib import Path

import click

from goldspan.data.schema import load_policy
from goldspan.evaluate.run_files import corpus_of, only_system, read_predictions


@click.command(
    "explain",
    epilog="Example: goldspan explain both.jsonl en-wire-0001 --system trafilatura",
)
@click.argument("run_file", type=click.Path(path_type=Path))
@click.argument("page")
@click.option("--system", help="Which system, by name or key, if the file holds several.")
@click.option("--corpus", "corpus_spec", help="Where the corpus is now, if it has moved.")
@click.option("--policy", default="neutral", show_default=True)
def command(run_file: Path, page: str, system: str | None, corpus_spec: str | None, policy: str) -> int:
    """Show what one system made of one page: the words kept, lost and leaked, in the page and in the output."""
    rules = load_policy(policy)
    file = read_predictions(run_file)
    run = only_system(file, system)
    corpus = corpus_of(file, corpus_spec)
    from goldspan.evaluate.explain_page import explain_page
    from goldspan.report.console import make_console
    from goldspan.report.explain_console import print_explained

    print_explained(explain_page(corpus, run, page, rules), make_console())
    return 0
