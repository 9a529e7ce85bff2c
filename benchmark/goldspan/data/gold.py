"""gold.json: one page's gold, one block a line, so that a changed label is a one-line difference."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from goldspan.core.text import STREAM, decode, stream_digest
from goldspan.data.files import read_bytes, read_json, sha256, write_atomically
from goldspan.data.mapping import converter
from goldspan.data.schema import validate
from goldspan.errors import CorpusError
from goldspan.model import Gold, GoldBlock, Page, Sample

GOLD_VERSION = 1
_BLOCK = ("label", "role", "cell", "text", "spans", "duplicate_of", "hidden", "source")
_STATED = ("language", "page_type", "origin")


def read_sample(folder: Path) -> Sample:
    """The sample in a folder: ``gold.json`` and the page that it names.

    Raises:
        CorpusError: something is missing or does not fit; one line says what, where, and what to do.
    """
    path = folder / "gold.json"
    data = read_json(path)
    incidents = validate("gold", data, str(path))
    if incidents:
        raise CorpusError(f"{path}: {incidents[0].what}", "'goldspan check' lists every fault.")
    page = folder / data["page"]["file"]
    content = read_bytes(page)
    if sha256(content) != data["page"]["sha256"]:
        raise CorpusError(
            f"{page} is not the page that its gold was made for (its hash differs)",
            "Restore the page, or make its gold again.",
        )
    faults = link_faults(data)
    if faults:
        raise CorpusError(f"{path}: {faults[0][1]}", "'goldspan check' lists every fault.")
    return sample_from_json(data, content)


def link_faults(data: Mapping[str, Any]) -> list[tuple[int, str]]:
    """What a schema cannot say: spans inside their block, in order, and copies of blocks that are no copies.

    Returns:
        The number of each faulty block, and what is wrong with it.
    """
    blocks = data["blocks"]
    faults: list[tuple[int, str]] = []
    for number, block in enumerate(blocks):
        at = 0
        for span in block.get("spans", ()):
            if not at <= span["start"] < span["end"] <= len(block["text"]):
                faults.append((number, f"the span {span['start']}–{span['end']} is out of order or outside its block"))
            at = span["end"]
        for copy in (block, *block.get("spans", ())):
            original = copy.get("duplicate_of")
            if original is None:
                continue
            if original >= len(blocks):
                faults.append((number, f"duplicate_of names block {original}, which does not exist"))
            elif blocks[original].get("duplicate_of") is not None or original == number:
                faults.append((number, f"duplicate_of names block {original}, which is itself a copy"))
    return faults


def sample_from_json(data: Mapping[str, Any], content: bytes) -> Sample:
    """A sample from the JSON form of its gold, which the schema has checked, and its page's bytes."""
    page = {**data["page"], "id": data["id"], "data": content}
    return Sample(converter().structure(page, Page), converter().structure(data, Gold))


def block_to_json(block: GoldBlock) -> dict[str, Any]:
    """Only what is set; the keys in the order of the specification."""
    values = converter().unstructure(block)
    return {name: values[name] for name in _BLOCK if name in values}


def sample_to_json(sample: Sample, file: str = "page.html") -> dict[str, Any]:
    """The JSON form of a sample's gold.

    Raises:
        ValueError: the gold has no blocks.
    """
    gold, page = sample.gold, sample.page
    if gold.blocks is None:
        raise ValueError(f"{sample.id} has no blocks to store")
    encoding = page.encoding or decode(page)[1]
    data: dict[str, Any] = {"schema_version": GOLD_VERSION, "id": sample.id}
    if gold.canary:
        data["canary"] = gold.canary
    data["page"] = {"file": file, "sha256": sha256(page.data), "url": page.url, "encoding": encoding}
    if page.charset:
        data["page"]["charset"] = page.charset
    if page.media != "html":
        data["page"]["media"] = page.media
    if page.captured:
        data["page"]["captured"] = page.captured
    about = asdict(gold.about) | {"mess": list(gold.about.mess)}
    data["about"] = {name: value for name, value in about.items() if value or name in _STATED}
    data["stream"] = {"spec": STREAM, "sha256": stream_digest(block.text for block in gold.blocks)}
    data["metadata"] = dict(gold.metadata)
    data["blocks"] = [block_to_json(block) for block in gold.blocks]
    data["extra"] = [block_to_json(block) for block in gold.extra]
    data["provenance"] = dict(gold.provenance)
    return data


def format_gold(data: Mapping[str, Any]) -> bytes:
    """The bytes of a gold.json: a line for each key and for each block."""

    def dump(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    lines = []
    for key, value in data.items():
        if key in ("blocks", "extra") and value:
            lines.append(f"{dump(key)}: [\n" + ",\n".join(dump(block) for block in value) + "\n]")
        else:
            lines.append(f"{dump(key)}: {dump(value)}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8", "surrogatepass")


def write_sample(folder: Path, sample: Sample) -> None:
    """Store a sample: the page's exact bytes, then the gold."""
    file = "page.html" if sample.page.media == "html" else "page.txt"
    write_atomically(folder / file, sample.page.data)
    write_atomically(folder / "gold.json", format_gold(sample_to_json(sample, file)))
