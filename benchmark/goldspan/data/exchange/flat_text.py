"""Labelled blocks as marks on one flat text, the form that annotation tools know, and back without loss.

The text is the blocks joined by a newline. A mark over a whole block is the block's label, a further one inside it is a
span. What such tools have no place for (the page, tables, metadata, provenance) travels beside the text as it is.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from goldspan.data.gold import link_faults, sample_from_json, sample_to_json
from goldspan.data.schema import validate
from goldspan.errors import CorpusError
from goldspan.model import Sample

_MARKED = ("text", "label", "role", "spans", "duplicate_of")


@dataclass(frozen=True, slots=True)
class FlatMark:
    """A labelled range of the text.

    Attributes:
        copy_of: the id of the mark whose text this one copies.
    """

    id: str
    start: int
    end: int
    label: str
    role: str | None = None
    copy_of: str | None = None


@dataclass(frozen=True, slots=True)
class Flat:
    """A sample as text and marks.

    Attributes:
        rest: the gold without what the marks say; its blocks have their number of characters.
    """

    text: str
    marks: tuple[FlatMark, ...]
    rest: Mapping[str, Any]
    page: bytes


def flatten(sample: Sample) -> Flat:
    """A sample with labelled blocks as text and marks."""
    data = sample_to_json(sample, "page.html" if sample.page.media == "html" else "page.txt")
    blocks, at, marks, bare = data["blocks"], 0, [], []
    for number, block in enumerate(blocks):
        end = at + len(block["text"])
        marks.append(FlatMark(f"b{number}", at, end, block["label"], block.get("role"), _name(block)))
        for place, span in enumerate(block.get("spans", ())):
            start, stop = at + span["start"], at + span["end"]
            marks.append(FlatMark(f"b{number}s{place}", start, stop, span["label"], None, _name(span)))
        rest = {name: value for name, value in block.items() if name not in _MARKED}
        bare.append({"chars": len(block["text"]), **rest})
        at = end + 1
    text = "\n".join(block["text"] for block in blocks)
    return Flat(text, tuple(marks), {**data, "blocks": bare}, sample.page.data)


def _name(copy: Mapping[str, Any]) -> str | None:
    return f"b{copy['duplicate_of']}" if "duplicate_of" in copy else None


def unflatten(flat: Flat, where: str) -> Sample:
    """The sample of a text and its marks, which another tool may have changed.

    Args:
        where: the file, for messages.

    Raises:
        CorpusError: the text is another, a block has no label, or what comes out is no gold.
    """
    try:
        pieces = list(_cut(flat.text, [block["chars"] for block in flat.rest["blocks"]]))
    except (KeyError, TypeError):
        raise CorpusError(f"{where} lacks what 'goldspan export' wrote beside the text", "Export it again.") from None
    if sum(len(text) + 1 for _, text in pieces) != len(flat.text) + bool(pieces):
        raise CorpusError(f"{where}: the text is another than it was", "Only labels may be changed.")
    blocks: list[dict[str, Any]] = [
        {"label": None, "text": text, **{name: value for name, value in block.items() if name != "chars"}}
        for (_, text), block in zip(pieces, flat.rest["blocks"], strict=True)
    ]
    homes: dict[str, int] = {}
    copies: list[tuple[dict[str, Any], str]] = []
    for mark in sorted(flat.marks, key=lambda one: (one.start, -one.end)):
        for number, start, end in _parts(pieces, mark):
            block, whole = blocks[number], end - start == len(pieces[number][1])
            if whole and block["label"] is None:
                block["label"] = mark.label
                homes.setdefault(mark.id, number)
                made = block
                if mark.role:
                    block["role"] = mark.role
            else:
                made = {"start": start, "end": end, "label": mark.label}
                block.setdefault("spans", []).append(made)
            if mark.copy_of:
                copies.append((made, mark.copy_of))
    for copy, original in copies:
        if original not in homes:
            raise CorpusError(f"{where}: something is a copy of '{original}', which labels no block", "Mend the link.")
        copy["duplicate_of"] = homes[original]
    for number, block in enumerate(blocks):
        if block["label"] is None:
            raise CorpusError(f"{where}: block {number} has no label: '{block['text'][:40]}'", "Label all of it.")
        if block.get("role") != "cell":
            block.pop("cell", None)
    return checked({**flat.rest, "blocks": blocks}, flat.page, where)


def _cut(text: str, lengths: Sequence[int]) -> Iterator[tuple[int, str]]:
    at = 0
    for length in lengths:
        yield at, text[at : at + length]
        at += length + 1


def _parts(pieces: Sequence[tuple[int, str]], mark: FlatMark) -> Iterator[tuple[int, int, int]]:
    """The parts of blocks that a mark covers: the block, start and end in it."""
    for number, (at, text) in enumerate(pieces):
        start, end = max(mark.start - at, 0), min(mark.end - at, len(text))
        if start < end:
            yield number, start, end


def checked(data: Mapping[str, Any], page: bytes, where: str) -> Sample:
    """A sample from the JSON form of its gold.

    Raises:
        CorpusError: it does not fit the schema, or its spans and copies do not fit its blocks.
    """
    incidents = validate("gold", data, where)
    faults = [incident.what for incident in incidents] or [what for _, what in link_faults(data)]
    if faults:
        raise CorpusError(f"{where}: {faults[0]}", "Mend it, and read it again.")
    sample = sample_from_json(data, page)
    if sample_to_json(sample)["page"]["sha256"] != data["page"]["sha256"]:
        raise CorpusError(f"{where}: the page is not the one that was labelled (its hash differs)", "Export it again.")
    return sample


def packed(page: bytes) -> str:
    """A page's bytes inside a JSON file."""
    return base64.b64encode(page).decode("ascii")


def unpacked(text: object, where: str) -> bytes:
    """The bytes of :func:`packed`.

    Raises:
        CorpusError: they are damaged.
    """
    try:
        return base64.b64decode(str(text), validate=True)
    except ValueError:
        raise CorpusError(f"{where}: the page's bytes are damaged", "Export it again.") from None
