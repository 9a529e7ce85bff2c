"""Label vectors: the labels of a page without a word of its text, in files of ``schemas/standoff.schema.json``.

Stand-off gold is one (``standoff.json``), and so is what one annotator made of a page (``labels/<annotator>.json``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from goldspan.core.text import STREAM, build_stream, stream_digest
from goldspan.data.files import read_json, sha256
from goldspan.data.gold import link_faults
from goldspan.data.schema import validate
from goldspan.errors import CorpusError
from goldspan.model import Page

VECTOR_VERSION = 1
_PAGE = ("sha256", "encoding", "charset", "media")
_ABOUT = ("language", "page_type", "family", "site", "origin", "licence")
_BLOCK = ("label", "role", "cell", "chars", "spans", "duplicate_of")


def vector_of(gold: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The label vector of the JSON form of a gold. Its text stays behind: metadata and ``extra`` too.

    Args:
        more: further keys of the vector, such as ``annotator`` or ``corpus``.
    """
    blocks = ({**block, "chars": len(block["text"])} for block in gold["blocks"])
    kept = {name: gold[name] for name in ("canary",) if name in gold}
    return {
        "schema_version": VECTOR_VERSION,
        "id": gold["id"],
        **kept,
        **more,
        "page": {name: gold["page"][name] for name in _PAGE if name in gold["page"]},
        "about": {name: gold["about"][name] for name in _ABOUT if name in gold["about"]},
        "stream": dict(gold["stream"]),
        "blocks": [{name: block[name] for name in _BLOCK if name in block} for block in blocks],
        "provenance": dict(gold.get("provenance", {})),
    }


def gold_of(vector: Mapping[str, Any], page: Page, where: str) -> dict[str, Any]:
    """The JSON form of a gold from a label vector and the page that it was made for.

    Args:
        where: the vector's file, for messages.

    Raises:
        CorpusError: it is another page, or its stream is another than it was, or a span does not fit.
    """
    if sha256(page.data) != vector["page"]["sha256"]:
        raise CorpusError(f"{where} was made for another version of page {page.id}", "Get the version that it names.")
    stated = vector["page"]
    page = replace(page, encoding=stated.get("encoding"), charset=stated.get("charset"))
    blocks = build_stream(page)
    digest = stream_digest(block.text for block in blocks)
    if digest != vector["stream"]["sha256"] or len(blocks) != len(vector["blocks"]):
        raise CorpusError(f"{where}: the text stream of page {page.id} is not the one that was labelled", _AGAIN)
    filled = []
    for block, labelled in zip(blocks, vector["blocks"], strict=True):
        own = {name: value for name, value in labelled.items() if name != "chars"}
        filled.append({**own, "text": block.text, **({"hidden": True} if block.hidden else {})})
    gold = {
        "schema_version": 1,
        "id": vector["id"],
        "page": {"file": "page.html", "url": page.url, "encoding": None, **stated},
        "about": {"language": None, "page_type": None, "origin": "unknown", **vector["about"]},
        "stream": {"spec": STREAM, "sha256": digest},
        "metadata": vector.get("metadata", {}),
        "blocks": filled,
        "extra": [],
        "provenance": vector.get("provenance", {}),
    }
    faults = link_faults(gold)
    if faults:
        raise CorpusError(f"{where}: block {faults[0][0]}: {faults[0][1]}", _AGAIN)
    return gold | ({"canary": vector["canary"]} if "canary" in vector else {})


_AGAIN = "Label the page again, or restore the file."


def read_vector(path: Path) -> dict[str, Any]:
    """A label vector from its file.

    Raises:
        CorpusError: it is missing, damaged, or does not fit the schema.
    """
    data = read_json(path)
    incidents = validate("standoff", data, str(path))
    if incidents:
        raise CorpusError(f"{path}: {incidents[0].what}", incidents[0].do)
    return dict(data)
