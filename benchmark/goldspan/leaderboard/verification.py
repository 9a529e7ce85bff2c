"""Verification: a bundle's predictions are checked against the corpus and scored here; claimed scores are not used."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from goldspan.core.metrics import DEFAULT
from goldspan.core.protocol import corpus_identity, limits_in
from goldspan.core.scoring import Measured
from goldspan.core.text import render, tokenise
from goldspan.data.corpora import Corpus
from goldspan.data.files import sha256
from goldspan.data.runs import SystemRun
from goldspan.errors import BundleError
from goldspan.evaluate.evaluation import evaluate, scoring_for
from goldspan.evaluate.progress import Progress, silent
from goldspan.leaderboard.bundle import Bundle, Machine
from goldspan.leaderboard.card import Card
from goldspan.model import Prediction, SystemResult

Tag = Literal["re-scored", "re-run"]
POLICY = "neutral"
"""The policy whose figures a bundle claims."""
CLOSE = 1e-5
"""How far a claim may lie from what is computed: the rounding of six digits."""
DRIFT = 0.005
"""How far the mean body F1 of a re-run may lie from that of the submitted predictions."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A system whose scores were computed here.

    Attributes:
        tag: ``re-scored`` from the submitted predictions, or ``re-run``: the predictions are ours.
        notes: what a reader should know, a line each.
        digest: of the bundle.
    """

    card: Card
    predictions: Mapping[str, Prediction]
    machine: Machine
    tag: Tag
    result: SystemResult
    protocol: str
    measured: Sequence[Measured]
    notes: tuple[str, ...]
    digest: str


def verify(
    bundle: Bundle,
    corpus: Corpus,
    rerun: SystemRun | None = None,
    progress: Progress = silent,
) -> Verified:
    """Check a bundle against the corpus and score it.

    Args:
        rerun: the same system, run here; then its predictions are what counts.

    Raises:
        BundleError: made on another corpus, pages missing or unknown, hashes of other pages, gold in the predictions,
            another protocol, claims that the predictions do not give, or a re-run that says something else.
    """
    check_corpus(bundle, corpus)
    check_predictions(bundle.predictions, corpus)
    check_canary(bundle, corpus)
    run = SystemRun(
        bundle.card.system,
        bundle.machine.start_ms,
        bundle.machine.guard,
        bundle.predictions,
        limits_in(bundle.protocol),
    )
    protocol, result, measured = scored(corpus, run, progress)
    _check_claims(bundle, protocol, result)
    notes = [f"not ranked: {bundle.card.unranked(corpus.name)}"] if bundle.card.unranked(corpus.name) else []
    if rerun is None:
        return Verified(
            bundle.card, bundle.predictions, bundle.machine, "re-scored", result, protocol, measured, tuple(notes),
            bundle.digest,
        )  # fmt: skip
    if rerun.system.key != bundle.card.key:
        raise BundleError(
            f"the bundle is of {bundle.card.key}, and what runs here is {rerun.system.key}", "Install that version."
        )
    rerun = replace(rerun, system=bundle.card.system, limits=run.limits)
    _, again, measured = scored(corpus, rerun, progress)
    notes += _compare_runs(bundle, rerun, result, again)
    machine = replace(bundle.machine, start_ms=rerun.start_ms, guard=rerun.guard)
    return Verified(
        bundle.card, rerun.predictions, machine, "re-run", again, protocol, measured, tuple(notes), bundle.digest
    )


def remembered(corpus: Corpus) -> Corpus:
    """The corpus, each sample of it read once: verification goes over it several times."""
    return replace(corpus, read=cache(corpus.read))


def scored(
    corpus: Corpus,
    run: SystemRun,
    progress: Progress = silent,
    policy: str = POLICY,
) -> tuple[str, SystemResult, Sequence[Measured]]:
    """One system's protocol, result and pages under a policy, by the default metrics."""
    # A corpus that is remembered cannot be sent to other processes.
    found = evaluate(corpus, [run], scoring_for(corpus, policy, DEFAULT), progress, parallel=False)
    result = found.result()
    return result.protocol, result.systems[0], found.measured


def claims_of(result: SystemResult) -> dict[str, float | None]:
    """The figures that a bundle claims, to six digits; what is not defined is None."""
    return {
        name: None if score.value is None or not math.isfinite(score.value) else float(f"{score.value:.6g}")
        for name, score in sorted(result.scores.items())
    }


def check_corpus(bundle: Bundle, corpus: Corpus) -> None:
    """The corpus is the one that the bundle says it was made on.

    Raises:
        BundleError: it is not; the difference is named.
    """
    stated = bundle.corpus
    if stated.digest == corpus.digest:
        return
    ours = {name: sha256(corpus.plain(name).page.data) for name in corpus.ids}
    theirs = {name: prediction.page_sha256 for name, prediction in bundle.predictions.items()}
    parts = [
        _counted("page", sorted(ours.keys() - theirs.keys()), "not in the bundle"),
        _counted("page", sorted(theirs.keys() - ours.keys()), "not in this corpus"),
        _counted("page", sorted(name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]), "changed"),
    ]
    said = ", ".join(filter(None, parts)) or "the pages are the same, their gold is not"
    raise BundleError(
        f"the bundle was made on {corpus_identity(stated.name, stated.digest)} with {stated.pages} pages, and this is "
        f"{corpus_identity(corpus.name, corpus.digest)} with {len(corpus)}: {said}",
        "Run the system on this version of the corpus.",
    )


def _counted(noun: str, names: Sequence[str], what: str) -> str:
    if not names:
        return ""
    return f"{len(names)} {noun}{'' if len(names) == 1 else 's'} {what} (first {names[0]!r})"


def check_predictions(predictions: Mapping[str, Prediction], corpus: Corpus) -> None:
    """Every page of the corpus has one prediction, made from the very bytes of that page.

    Raises:
        BundleError: otherwise.
    """
    known = set(corpus.ids)
    strangers = sorted(predictions.keys() - known)
    if strangers:
        raise BundleError(_counted("prediction", strangers, f"for a page that {corpus.name} does not have"))
    missing = sorted(known - predictions.keys())
    if missing:
        raise BundleError(
            _counted("page", missing, "without a prediction"), "A page that failed is stated with its kind of failure."
        )
    hashes = {name: sha256(corpus.plain(name).page.data) for name in corpus.ids}
    by_hash = {digest: name for name, digest in hashes.items()}
    for name in corpus.ids:
        given = predictions[name].page_sha256
        if given != hashes[name]:
            whose = f"that of page {by_hash[given]!r}" if given in by_hash else "of no page of this corpus"
            raise BundleError(f"the prediction of page {name!r} carries a hash that is {whose}", "Run it on that page.")


def check_canary(bundle: Bundle, corpus: Corpus) -> None:
    """No prediction contains the canary of published gold; a system that outputs it has read the gold.

    Raises:
        BundleError: one does.
    """
    canaries = {corpus.plain(name).gold.canary for name in corpus.ids} - {None}
    for name, prediction in bundle.predictions.items():
        said = [*_texts(prediction), prediction.error or ""]
        if any(canary and canary in text for canary in canaries for text in said):
            raise BundleError(
                f"the prediction of page {name!r} holds the canary of {corpus.name}, which stands in its gold alone",
                "The system must not be given the gold.",
            )


def _texts(prediction: Prediction) -> Iterable[str]:
    if prediction.extraction is None:
        return
    yield prediction.extraction.text
    for value in prediction.extraction.metadata().values():
        yield from [value] if isinstance(value, str) else value


def _check_claims(bundle: Bundle, protocol: str, result: SystemResult) -> None:
    if bundle.protocol != protocol:
        pairs = [(a, b) for a, b in zip(bundle.protocol.split("|"), protocol.split("|"), strict=False) if a != b]
        said = ", ".join(f"{a!r} there, {b!r} here" for a, b in pairs) or f"{bundle.protocol!r} there"
        raise BundleError(f"the bundle was scored under another protocol: {said}", "Score it with this version.")
    computed = claims_of(result)
    for name, claimed in bundle.claims.items():
        if name not in computed:
            raise BundleError(f"result.json claims {name!r}, which the predictions do not give", "Make it again.")
        found = computed[name]
        if (claimed is None) != (found is None) or (
            claimed is not None and found is not None and not math.isclose(claimed, found, rel_tol=CLOSE, abs_tol=CLOSE)
        ):
            raise BundleError(
                f"result.json claims {name} = {_said(claimed)}, and the predictions give {_said(found)}",
                "Scores are computed from the predictions: make the bundle again.",
            )


def _said(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.6g}"


def _compare_runs(bundle: Bundle, rerun: SystemRun, first: SystemResult, second: SystemResult) -> list[str]:
    changed = [
        name
        for name, prediction in bundle.predictions.items()
        if _tokens(prediction) != _tokens(rerun.predictions.get(name))
    ]
    if not changed:
        return []
    before, after = (one.scores["body.f1"].value for one in (first, second))
    said = f"{_counted('page', changed, 'with another text when the system was run here')}"
    if before is None or after is None or abs(before - after) > DRIFT:
        raise BundleError(
            f"{said}, body F1 {_said(after)} where the submitted predictions give {_said(before)}",
            "The predictions are not those of this system.",
        )
    return [said]


def _tokens(prediction: Prediction | None) -> list[str]:
    return tokenise(render(prediction.extraction)) if prediction and prediction.extraction else []
