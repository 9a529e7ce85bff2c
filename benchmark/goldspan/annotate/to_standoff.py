"""Turn samples of pages that cannot be shipped into stand-off gold: labels and hashes, without a word of their text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from goldspan.annotate.provenance import numbers
from goldspan.data.corpora.base import Corpus
from goldspan.data.corpora.samples import sample_folders
from goldspan.data.corpora.standoff import FILE
from goldspan.data.files import read_json, sha256
from goldspan.data.gold import format_gold, link_faults
from goldspan.data.label_files import read_vector, vector_of
from goldspan.data.schema import validate
from goldspan.errors import CorpusError, UsageError

_WORDS = ("metadata", "extra", "candidates")  # keys that hold text of the page


def standoff_files(
    samples: Path, corpus: Corpus, kind: str, advance: Callable[[int], None] = lambda pages: None
) -> dict[str, bytes]:
    """The files of the stand-off gold of a folder of samples, by their path.

    Args:
        corpus: where the pages come from; a page is known by its bytes.
        kind: the corpus's kind, such as ``aeb``.
        advance: is told of each page of the corpus that was read.

    Raises:
        CorpusError: a page is not in the corpus, or its gold is not finished.
    """
    known = {}
    for id in corpus.ids:
        known[sha256(corpus.plain(id).page.data)] = id
        advance(1)
    folder, names = sample_folders(samples)
    if not names:
        raise UsageError(f"{samples} holds no samples", "Label some pages of the corpus first.")
    files: dict[str, bytes] = {}
    for name in names:
        gold = _gold(folder / name)
        page = known.get(gold["page"]["sha256"])
        if page is None:
            raise CorpusError(f"the page of {name} is not in {corpus.name}", "Name the corpus that it comes from.")
        id = f"{kind}-{page}"
        where = {"corpus": {"kind": kind, "id": page}}
        files[f"{id}/{FILE}"] = format_gold(wordless(vector_of(gold, **where), id))
        for path in sorted((folder / name / "labels").glob("*.json")):
            files[f"{id}/labels/{path.name}"] = format_gold(wordless({**read_vector(path), **where}, id))
    return files


def _gold(folder: Path) -> dict[str, Any]:
    data = read_json(folder / "gold.json")
    incidents = [incident.what for incident in validate("gold", data, folder.name)]
    faults = incidents or [what for _, what in link_faults(data)]
    if faults:
        raise CorpusError(f"{folder / 'gold.json'}: {faults[0]}", "'goldspan check' lists every fault.")
    waiting = list(numbers(data.get("provenance", {}).get("open", ())))
    if waiting:
        raise CorpusError(f"{len(waiting)} blocks of {folder.name} are not confirmed", "Finish it first.")
    return dict(data)


def wordless(vector: dict[str, Any], id: str) -> dict[str, Any]:
    """A label vector under another id, with nothing in it that is text of the page."""
    kept = {name: value for name, value in vector.items() if name not in _WORDS}
    kept["provenance"] = {name: value for name, value in kept["provenance"].items() if name not in _WORDS}
    return {**kept, "id": id, "about": {k: v for k, v in kept["about"].items() if k not in ("article",)}}
