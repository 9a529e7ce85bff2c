"""goldspan verify: score a bundle's predictions anew; run its system again; challenge it with fresh pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from goldspan.cli.options import options, run_options
from goldspan.cli.progress_bar import progress
from goldspan.errors import UsageError

if TYPE_CHECKING:
    from goldspan.data.corpora import Corpus
    from goldspan.data.runs import SystemRun
    from goldspan.leaderboard.bundle import Bundle
    from goldspan.leaderboard.challenge import Fresh
    from goldspan.leaderboard.verification import Verified
    from goldspan.sandbox.process import Limits

verify_options = options(
    click.option("--corpus", "corpus_spec", default="core", show_default=True, help="What the bundle was made on."),
    click.option("--rerun", is_flag=True, help="Run the system again, if it is a registered one."),
    click.option("--rerun-as", metavar="SYSTEM", help="Run this as the bundle's system. It is code that you trust."),
    click.option("--challenge", type=click.Path(path_type=Path), help="The folder of a challenge."),
    click.option(
        "--answers", type=click.Path(path_type=Path), help="What came back for it. Without: --rerun answers it here."
    ),
    run_options,
)


class How(TypedDict):
    """The values of :data:`verify_options`."""

    corpus_spec: str
    rerun: bool
    rerun_as: str | None
    challenge: Path | None
    answers: Path | None
    jobs: int
    timeout: float
    memory: float


@click.command(
    "verify",
    epilog="Example: goldspan verify bundle/ --challenge challenge/   # then: --challenge challenge/ --answers FILE",
)
@click.argument("bundle_path", metavar="BUNDLE", type=click.Path(path_type=Path))
@verify_options
@click.option("--seed", type=int, help="Of a new challenge. [default: a random one]")
@click.option("--pages", default=60, show_default=True, type=click.IntRange(1, 10_000), help="Of a new challenge.")
@click.option(
    "--articles", multiple=True, type=click.Path(path_type=Path, exists=True), help="A private folder of them."
)
@click.option("--skins", multiple=True, type=click.Path(path_type=Path, exists=True), help="A private folder of them.")
def command(
    bundle_path: Path,
    seed: int | None,
    pages: int,
    articles: Sequence[Path],
    skins: Sequence[Path],
    **how: Unpack[How],
) -> int:
    """Verify a BUNDLE. Scores are never taken from it: they are computed from its predictions, and what it claims must
    be just that. --rerun also runs the system here, and takes those predictions.

    A challenge is made after the bundle: --challenge names a new folder, and fresh pages are composed into it, from
    private articles and skins too where you have some. Send OUT/send to the submitter, who answers it with 'goldspan
    submit SYSTEM --pages send --out answers.jsonl.zst'; then verify with --challenge OUT --answers FILE.
    """
    challenge = how["challenge"]
    if challenge is not None and not challenge.exists() and how["answers"] is None:
        _challenge(bundle_path, challenge, seed, pages, articles, skins)
        return 0
    verified, fresh, _ = verify_bundle(bundle_path, **how)
    from goldspan.report import formatting

    score = verified.result.scores["body.f1"]
    click.echo(
        f"{formatting.line(verified.card.key)}: {verified.tag}, body F1 {formatting.with_interval('body.f1', score)}"
    )
    if fresh is not None:
        click.echo(f"on fresh pages: body F1 {formatting.with_interval('body.f1', fresh.score)}")
    for note in verified.notes:
        click.echo(formatting.line(note))
    click.echo(verified.protocol)
    return 0


def verify_bundle(path: Path, **how: Unpack[How]) -> tuple[Verified, Fresh | None, Corpus]:
    """What 'verify' and 'leaderboard add' do with a bundle; the corpus is the one it was held against."""
    from goldspan.data.corpora import open_corpus
    from goldspan.leaderboard.bundle import read_bundle, read_results
    from goldspan.leaderboard.challenge import open_kept, score_answers
    from goldspan.leaderboard.verification import remembered, verify
    from goldspan.sandbox.process import Limits

    challenge, answers, spec = how["challenge"], how["answers"], how["rerun_as"]
    if answers is not None and challenge is None:
        raise UsageError("--answers needs the challenge that they answer", "Name its folder with --challenge.")
    bundle = read_bundle(path)
    corpus = remembered(open_corpus(how["corpus_spec"]))
    limits = Limits(how["timeout"], how["memory"])
    is_run = how["rerun"] or spec is not None
    again = _run_again(bundle, corpus, spec, limits, how["jobs"]) if is_run else None
    verified = verify(bundle, corpus, again, progress)
    if challenge is None:
        return verified, None, corpus
    kept = open_kept(challenge, bundle)
    if answers is not None:
        given = read_results(answers, bundle.card.key)
    elif is_run:
        given = dict(_run_again(bundle, kept, spec, limits, how["jobs"]).predictions)
    else:
        raise UsageError(f"{challenge} is there already", "Give --answers, or --rerun to answer it here.")
    return verified, score_answers(bundle.card, kept, given, progress), corpus


def _run_again(bundle: Bundle, corpus: Corpus, rerun_as: str | None, limits: Limits, jobs: int) -> SystemRun:
    from goldspan.evaluate.run_system import run_system
    from goldspan.leaderboard.submission import registered_spec

    return run_system(rerun_as or registered_spec(bundle.card), corpus, limits, jobs, progress)


def _challenge(
    path: Path, out: Path, seed: int | None, pages: int, articles: Sequence[Path], skins: Sequence[Path]
) -> None:
    import secrets

    from goldspan.data.files import write_folder
    from goldspan.leaderboard.bundle import read_bundle
    from goldspan.leaderboard.challenge import make_challenge

    bundle = read_bundle(path)
    with progress("composing", pages) as advance:
        made = make_challenge(
            bundle, secrets.randbelow(2**31) if seed is None else seed, pages, articles, skins, advance
        )
    write_folder(out, made)
    click.echo(f"{pages} pages: send {out / 'send'} to the submitter, and keep {out / 'keep'} to yourself", err=True)
