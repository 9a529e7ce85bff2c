"""What a submission is made of: a run, the time that parsing alone takes, and what is known about a library."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any

from goldspan.core.scoring import Measured
from goldspan.core.text import decode
from goldspan.data.corpora import Corpus
from goldspan.data.files import sha256
from goldspan.data.runs import SystemRun
from goldspan.errors import ExtractorError
from goldspan.evaluate.parallel import with_observed_fields
from goldspan.evaluate.progress import Progress, silent
from goldspan.extractors.registry import registered
from goldspan.extractors.resolve import resolve
from goldspan.leaderboard.bundle import Bundle, Machine, StatedCorpus, bundle_files, digest_of
from goldspan.leaderboard.card import Card, card_from_data, card_to_data
from goldspan.leaderboard.verification import Verified, check_predictions, claims_of, scored
from goldspan.model import System, SystemResult
from goldspan.sandbox.environment import environment

_ROUNDS = 3


def parse_ms(corpus: Corpus) -> float:
    """Mean milliseconds in which lexbor parses a page of the corpus on this machine, the best of three rounds."""
    from selectolax.lexbor import LexborHTMLParser

    total = 0.0
    for name in corpus.ids:
        html = decode(corpus.plain(name).page)[0]
        times = []
        for _ in range(_ROUNDS):
            started = time.perf_counter()
            LexborHTMLParser(html)
            times.append(time.perf_counter() - started)
        total += min(times)
    return 1000 * total / len(corpus)


def card_of(spec: str, system: System, stated: dict[str, Any] | None = None) -> Card:
    """The card of a system: what its adapter and its library say, overridden by what its author states.

    Args:
        stated: values of ``system.yaml``.

    Raises:
        BundleError: what is stated does not fit the schema.
    """
    entry = registered().get(spec.partition("?")[0])
    card = Card(
        name=system.name, version=system.version, kind="rules", command=spec,
        options=system.options, takes=system.takes, fields=system.fields, tuned_on=system.tuned_on,
    )  # fmt: skip
    found = card_to_data(card)
    if entry is not None:
        is_baseline = entry.about.startswith("baseline")
        found |= {"about": entry.about, "kind": "baseline" if is_baseline else "rules", **_library(spec)}
        found["needs"] = {"gpu": False, "network": False, "javascript": False, "model_mb": None}
    needs = found["needs"] | ((stated or {}).get("needs") or {})
    return card_from_data({**found, **(stated or {}), "needs": needs}, "the system's card")


def _library(spec: str) -> dict[str, str | None]:
    """Licence and homepage of the library that an adapter calls, as its package states them."""
    try:
        package = distribution(getattr(resolve(spec), "distribution", "goldspan"))
    except (PackageNotFoundError, ExtractorError):
        return {}
    return {"licence": _licence(package), "homepage": _homepage(package)}


def _licence(package: Distribution) -> str | None:
    metadata = package.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classified = [
        name.rpartition(" :: ")[2] for name in metadata.get_all("Classifier") or () if name.startswith("License ::")
    ]
    if classified:
        return " AND ".join(classified)
    written = " ".join(metadata.get_all("License") or ()).strip()
    return written if written and len(written) < 60 and "\n" not in written else None


def _homepage(package: Distribution) -> str | None:
    links = dict(link.split(", ", 1) for link in package.metadata.get_all("Project-URL") or () if ", " in link)
    chosen = package.metadata.get_all("Home-page") or []
    chosen += [links[name] for name in sorted(links)]
    return next((link for link in chosen if link.startswith(("https://", "http://"))), None)


def make_bundle(
    spec: str,
    run: SystemRun,
    corpus: Corpus,
    stated: dict[str, Any],
    progress: Progress = silent,
) -> Bundle:
    """A bundle of a finished run.

    Raises:
        BundleError: the run lacks pages, or what is stated does not fit the card's schema.
    """
    return _bundle_and_scores(spec, run, corpus, stated, progress)[0]


def run_of_ours(spec: str, run: SystemRun, corpus: Corpus) -> Verified:
    """Our own run as a verified submission: the predictions are ours, so scoring it once is enough."""
    bundle, result, measured = _bundle_and_scores(spec, run, corpus, {}, silent)
    return Verified(
        bundle.card, bundle.predictions, bundle.machine, "re-run", result, bundle.protocol, measured, (),
        digest_of(bundle_files(bundle)),
    )  # fmt: skip


def _bundle_and_scores(
    spec: str, run: SystemRun, corpus: Corpus, stated: dict[str, Any], progress: Progress
) -> tuple[Bundle, SystemResult, Sequence[Measured]]:
    run = replace(run, system=with_observed_fields(run.system, run.predictions))
    predictions = {
        name: replace(prediction, page_sha256=prediction.page_sha256 or sha256(corpus.plain(name).page.data))
        for name, prediction in run.predictions.items()
        if name in set(corpus.ids)
    }
    check_predictions(predictions, corpus)
    card = card_of(spec, run.system, stated)
    protocol, result, measured = scored(corpus, replace(run, system=card.system, predictions=predictions), progress)
    machine = Machine(environment(), run.start_ms, run.guard, parse_ms(corpus))
    stated_corpus = StatedCorpus(corpus.name, corpus.digest, len(corpus))
    return Bundle(card, predictions, machine, stated_corpus, protocol, claims_of(result)), result, measured


def registered_spec(card: Card) -> str:
    """The command of a card, if it names a registered system: the submitter's code is never run unasked.

    Raises:
        ExtractorError: it is something else.
    """
    name = card.command.partition("?")[0]
    if name not in registered():
        raise ExtractorError(
            f"the bundle's command {card.command!r} is no registered system, and a bundle's code is not run",
            "Look at it, then name the system to run yourself: --rerun-as SYSTEM.",
        )
    return card.command
