"""Stand-off gold: pages of other people's corpora, labelled without a word of their text.

``<id>/standoff.json`` is a label vector (``schemas/standoff.schema.json``) that names its corpus and page.
The text comes from that corpus, which lies in a folder of its kind's name (``aeb``, ``wcxb`` …) below
``GOLDSPAN_CORPORA``, or below ``../shared/corpora`` beside a checkout. A page whose bytes or stream are not those that
were labelled is an error.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from goldspan.data.corpora.base import Corpus, check_folder, site_of
from goldspan.data.corpora.samples import read_manifest
from goldspan.data.files import read_bytes, sha256
from goldspan.data.gold import sample_from_json
from goldspan.data.label_files import gold_of, read_vector
from goldspan.data.schema import data_path
from goldspan.errors import CorpusError
from goldspan.model import Sample

FILE = "standoff.json"
PLACE = "GOLDSPAN_CORPORA"


@dataclass(frozen=True, eq=False)
class _Reader:
    folder: Path
    manifest: Mapping[str, Mapping[str, str]]

    def __call__(self, id: str) -> Sample:
        path = self.folder / id / FILE
        if id in self.manifest and self.manifest[id]["gold"] != sha256(read_bytes(path)):
            raise CorpusError(
                f"{path} is not what the manifest names (its hash differs)",
                "Restore it, or release the change with 'goldspan amend'.",
            )
        vector = read_vector(path)
        if vector["id"] != id or "corpus" not in vector:
            raise CorpusError(f"{path} names another page, or no corpus", f"Its id must be '{id}', with its 'corpus'.")
        sample = _corpus(vector["corpus"]["kind"]).plain(vector["corpus"]["id"])
        page = replace(sample.page, id=id)
        labelled = sample_from_json(gold_of(vector, page, str(path)), page.data)
        site = sample.gold.about.site or site_of(page.url)
        about = replace(labelled.gold.about, site=labelled.gold.about.site or site)
        # What the corpus itself states of the page stays with it: its own text and metadata.
        gold = replace(labelled.gold, about=about, metadata=sample.gold.metadata, reference=sample.gold.reference)
        return replace(labelled, gold=gold)


def place() -> Path:
    """The folder that holds the corpora which stand-off gold is about."""
    stated = os.environ.get(PLACE)
    return Path(stated).expanduser() if stated else data_path().parent / "shared" / "corpora"


@cache
def _corpus(kind: str) -> Corpus:
    from goldspan.data.corpora import open_corpus

    path = place() / kind
    if not path.is_dir():
        raise CorpusError(
            f"the pages of the corpus '{kind}' are not in {path.parent}",
            f"Set {PLACE} to a folder that holds it as '{kind}'.",
        )
    return open_corpus(f"{kind}:{path}")


def open_corpus(path: Path, strict: bool = True) -> Corpus:
    """A folder of stand-off gold.

    Args:
        strict: the gold must be the one that the folder's manifest names, if it has one.

    Raises:
        CorpusError: there is none in it, or its manifest names other pages.
    """
    check_folder(path, f"folders with a {FILE}")
    ids = sorted(found.parent.name for found in path.glob(f"*/{FILE}"))
    if not ids:
        raise CorpusError(f"{path} holds no stand-off gold", f"It belongs into folders, as <id>/{FILE}.")
    manifest = path / "manifest.json"
    stated = read_manifest(manifest)["samples"] if strict and manifest.is_file() else {}
    if stated and set(stated) != set(ids):
        odd = min(set(stated) ^ set(ids))
        raise CorpusError(f"{path / odd} and the manifest do not agree", "Restore it, or write the manifest anew.")
    # Its digest covers what the corpus states beside the labels: texts, metadata, sites. So every page is read for it.
    return Corpus(path.resolve().name, tuple(ids), _Reader(path, stated))
