"""goldspan submit: run a system and bundle what it says, so that somebody else can verify it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from goldspan.cli.options import run_options
from goldspan.cli.progress_bar import progress
from goldspan.errors import RunFileError, UsageError
from goldspan.evaluate.run_files import read_predictions

if TYPE_CHECKING:
    from goldspan.data.corpora import Corpus
    from goldspan.data.runs import SystemRun


@click.command(
    "submit",
    epilog="Example: goldspan submit trafilatura --out bundle/ && goldspan verify bundle/",
)
@click.argument("system")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder; a file with --pages.")
@click.option("--corpus", "corpus_spec", default="core", show_default=True, help="core, KIND:PATH, or a folder.")
@click.option("--card", type=click.Path(path_type=Path), help="YAML with what the bundle should say of the system.")
@click.option("--run-file", type=click.Path(path_type=Path), help="Bundle this finished run instead of running again.")
@click.option("--pages", type=click.Path(path_type=Path), help="Answer a challenge: its folder 'send'.")
@run_options
def command(
    system: str,
    out: Path,
    corpus_spec: str,
    card: Path | None,
    run_file: Path | None,
    pages: Path | None,
    jobs: int,
    timeout: float,
    memory: float,
) -> int:
    """Run SYSTEM over a corpus and write a bundle: its card, predictions, environment and claimed scores.

    SYSTEM is what 'goldspan score' takes. The card, system.yaml, says what is known of a registered system. Of your
    own, state it with --card: licence, homepage, kind (rules, model, ensemble, oracle, baseline), needs (gpu, network,
    javascript, model_mb), tuned_on, trained_on, contact, about. What is not stated is shown as not stated.

    With --pages, the pages of a challenge are answered instead: OUT is a file to send back.
    """
    from goldspan.data.files import write_atomically
    from goldspan.evaluate.run_system import run_system
    from goldspan.sandbox.process import Limits

    limits = Limits(timeout, memory)
    if pages is not None:
        from goldspan.leaderboard.bundle import pack_predictions
        from goldspan.leaderboard.challenge import open_sent

        sent = open_sent(pages)
        answered = run_system(system, sent, limits, jobs, progress)
        write_atomically(out, pack_predictions(answered.predictions.values()))
        click.echo(f"{len(sent)} answers in {out}: send the file back", err=True)
        return 0
    from goldspan.data.corpora import open_corpus
    from goldspan.data.files import write_folder
    from goldspan.leaderboard.bundle import bundle_files
    from goldspan.leaderboard.submission import make_bundle
    from goldspan.leaderboard.verification import remembered

    if out.exists() and any(out.iterdir() if out.is_dir() else [out]):
        raise UsageError(f"{out} is there already and not empty", "Choose another place, or remove it first.")
    corpus = remembered(open_corpus(corpus_spec))
    stated = _stated(card)
    if run_file is not None:
        run = _finished(run_file, system, corpus)
    else:
        run = run_system(system, corpus, limits, jobs, progress)
    bundle = make_bundle(system, run, corpus, stated, progress)
    write_folder(out, bundle_files(bundle))
    said = bundle.claims.get("body.f1")
    click.echo(
        f"{bundle.card.key} on {len(corpus)} pages{'' if said is None else f', body F1 {said:.3f}'}, in {out}; "
        f"see {out / 'system.yaml'}, then: goldspan verify {out}",
        err=True,
    )
    return 0


def _stated(card: Path | None) -> dict[str, object]:
    from goldspan.leaderboard.bundle import CARD, LARGEST, read_plain
    from goldspan.leaderboard.card import read_yaml

    if card is None:
        return {}
    stated = read_yaml(read_plain(card, LARGEST[CARD]), str(card))
    if not isinstance(stated, dict):
        raise UsageError(f"{card} holds no names and values", "Write for instance 'licence: MIT'.")
    return stated


def _finished(path: Path, name: str, corpus: Corpus) -> SystemRun:
    """A system's part of a run file that was made on this corpus."""
    file = read_predictions(path)
    if file.header is not None and file.header.digest != corpus.digest:
        raise RunFileError(
            f"{path} was made on {file.header.name}@{file.header.digest[:8]}, not {corpus.name}@{corpus.digest[:8]}",
            "Run it again.",
        )
    found = [run for key, run in file.systems.items() if name in (key, run.system.name)]
    if len(found) != 1:
        raise UsageError(f"{path} holds {', '.join(file.systems)}, not one system {name!r}", "Name one of them.")
    return found[0]
