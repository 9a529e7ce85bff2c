"""A leaderboard of made-up systems and its site, built once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldspan.data.corpora import Corpus
from goldspan.data.files import write_folder
from goldspan.data.runs import SystemRun
from goldspan.leaderboard.bundle import bundle_files, read_bundle
from goldspan.leaderboard.challenge import Fresh
from goldspan.leaderboard.entries import add_entry, make_entry
from goldspan.leaderboard.site.build_site import build_site, replace_site
from goldspan.leaderboard.submission import make_bundle
from goldspan.leaderboard.verification import verify
from goldspan.model import Extraction, Prediction, Score, System
from tests.leaderboard.made_up import HOSTILE, SYSTEMS, corpus_of, texts


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def corpus(place: Path) -> Corpus:
    return corpus_of(place / "samples")


@pytest.fixture(scope="session")
def store(place: Path, corpus: Corpus) -> Path:
    for number, (name, stated) in enumerate(SYSTEMS.items(), start=1):
        system = System(name, "1.0", {"note": HOSTILE} if name == "inventor" else {})
        predictions = {
            page: Prediction(system.key, page, "ok", Extraction(text), ms=number + 0.5, peak_mb=10.0)
            for page, text in texts(corpus, name).items()
        }
        if name == "inventor":
            failed = corpus.ids[1]
            predictions[failed] = Prediction(system.key, failed, "error", error=HOSTILE)
        run = SystemRun(system, 5.0, "none", predictions)
        write_folder(place / name, bundle_files(make_bundle(name, run, corpus, dict(stated))))
        verified = verify(read_bundle(place / name), corpus)
        fresh = Fresh(Score(0.5, 0.4, 0.6, 20), "fresh@1|…") if name == "leaky" else None
        add_entry(place / "store", *make_entry(verified, corpus, fresh, number, "2026-01-31"))
    return place / "store"


@pytest.fixture(scope="session")
def site(place: Path, store: Path, corpus: Corpus) -> Path:
    replace_site(place / "site", build_site([store], corpus))
    return place / "site"
