"""goldspan explain: one page of one system, word by word."""

from __future__ import annotations

from pathlib import Path

import click

from goldspan.cli import common
from goldspan.core.policy import tokenise_gold
from goldspan.core.scoring import case_of
from goldspan.data.schema import load_policy
from goldspan.errors import RunFileError, UsageError


@click.command(
    "explain",
    short_help="Show one page: the words kept, lost and leaked.",
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
    run = common.read_any(run_file)
    keys = [key for key in run.systems if system in (None, key, run.systems[key].system.name)]
    if len(keys) != 1:
        wanted = f"no system '{system}'" if not keys else f"{len(keys)} systems"
        raise UsageError(f"{run_file} holds {wanted}", f"Choose one with --system: {', '.join(run.systems)}.")
    chosen = run.systems[keys[0]]
    corpus = common.corpus_of(run, corpus_spec)
    sample = corpus.load(page)
    prediction = chosen.predictions.get(page)
    if prediction is None:
        raise RunFileError(f"{run_file} has no prediction of {keys[0]} for '{page}'", "Resume the run.")
    if sample.gold.blocks is None:
        raise UsageError(
            f"the gold of '{page}' has no labelled blocks", "Only pages with block labels can be explained."
        )
    gold_tokens = tokenise_gold(sample.gold, rules)
    case = case_of(sample.gold, prediction, chosen.system, rules, gold_tokens)
    from goldspan.report.console import make_console
    from goldspan.report.explain import explain
    from goldspan.report.explain_console import print_explained

    assert case.alignment is not None
    print_explained(explain(sample, prediction, gold_tokens, case.alignment, case.text), make_console())
    return 0
