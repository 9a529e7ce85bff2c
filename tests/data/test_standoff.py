"""The stand-off gold that ships holds labels and hashes, and no text; where its corpora are, it fits their pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goldspan.annotate.agreement import votes_of
from goldspan.data.corpora import open_corpus
from goldspan.data.corpora.samples import read_manifest
from goldspan.data.corpora.standoff import FILE, PLACE
from goldspan.data.label_files import read_vector
from tests.helpers import ROOT

FOLDER = ROOT / "annotations" / "standoff"
FILES = sorted(FOLDER.glob(f"*/{FILE}"))


def test_there_are_forty_pages_half_of_them_labelled_twice() -> None:
    kinds = [read_vector(path)["corpus"]["kind"] for path in FILES]
    assert (kinds.count("aeb"), kinds.count("wcxb")) == (20, 20)
    twice = [votes for votes in votes_of(FOLDER).values() if len(votes) == 2]
    assert len(twice) == 20
    assert all(vote.blind for votes in twice for vote in votes)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/**/*.json")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_text_of_a_page_is_shipped(path: Path) -> None:
    """Every string is a name, a hash, a label or a date; the longest prose has four words."""
    vector = read_vector(path)
    strings: list[str] = []
    json.loads(path.read_text(encoding="utf-8"), object_hook=lambda found: strings.extend(map(str, found.values())))
    assert not [text for text in strings if text.count(" ") > 3 and not text.startswith(("{", "["))]
    assert vector["provenance"]["annotator_kind"] == "language model"
    assert vector["provenance"]["prelabelled_by"] is None
    assert "metadata" not in vector


def test_it_is_released() -> None:
    assert sorted(read_manifest(FOLDER / "manifest.json")["samples"]) == sorted(path.parent.name for path in FILES)


def test_every_page_is_the_one_that_was_labelled(shared_corpora: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes and stream have the hashes stated, or loading fails; every page has an article."""
    monkeypatch.setenv(PLACE, str(shared_corpora))
    corpus = open_corpus(f"standoff:{FOLDER}")
    for id in corpus.ids:
        blocks = corpus.load(id).gold.blocks or ()
        assert sum(len(block.text) for block in blocks if block.label in ("body", "post")) > 500, id
