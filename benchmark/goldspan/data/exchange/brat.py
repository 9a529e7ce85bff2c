"""brat's folder: ``<id>.txt`` and ``<id>.ann`` for each sample, ``<id>.json`` and ``<id>.page`` with the rest.

An entity is a block, in fragments where the block has line breaks; an entity inside it is a span. Roles are attributes,
copies are relations. ``annotation.conf`` names them all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from goldspan.data.exchange.flat_text import Flat, FlatMark, flatten, unflatten
from goldspan.data.files import read_bytes, read_json, write_folder
from goldspan.data.schema import load_labels
from goldspan.errors import CorpusError
from goldspan.model import Sample

_LINE = re.compile(r"[^\n]+")


def annotation_conf() -> str:
    """What brat has to know of labels, roles and copies."""
    labels = load_labels()
    return "\n".join(
        ["[entities]", *labels.groups, "[relations]", "copy\tArg1:<ENTITY>, Arg2:<ENTITY>", "[events]"]
        + ["[attributes]", f"Role\tArg:<ENTITY>, Value:{'|'.join(labels.roles)}", ""]
    )


def write_brat(samples: Sequence[Sample], folder: Path) -> int:
    """Write samples as a new folder for brat."""
    files = {"annotation.conf": annotation_conf().encode()}
    for sample in samples:
        flat = flatten(sample)
        rest = json.dumps(flat.rest, ensure_ascii=False, indent=1)
        files[f"{sample.id}.txt"] = _bytes(flat.text + "\n")
        files[f"{sample.id}.ann"] = _bytes("".join(f"{line}\n" for line in _lines(flat)))
        files[f"{sample.id}.json"] = _bytes(rest + "\n")
        files[f"{sample.id}.page"] = flat.page
    write_folder(folder, files)
    return len(samples)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _lines(flat: Flat) -> Iterator[str]:
    numbers = {mark.id: number for number, mark in enumerate(flat.marks, start=1)}
    for mark in flat.marks:
        parts = [(one.start(), one.end()) for one in _LINE.finditer(flat.text, mark.start, mark.end)]
        places = ";".join(f"{start} {end}" for start, end in parts)
        text = " ".join(flat.text[start:end] for start, end in parts)
        yield f"T{numbers[mark.id]}\t{mark.label} {places}\t{text}"
    roles = [(numbers[mark.id], mark.role) for mark in flat.marks if mark.role]
    yield from (f"A{n}\tRole T{number} {role}" for n, (number, role) in enumerate(roles, start=1))
    copies = [(numbers[mark.id], numbers[mark.copy_of]) for mark in flat.marks if mark.copy_of]
    yield from (f"R{n}\tcopy Arg1:T{copy} Arg2:T{original}" for n, (copy, original) in enumerate(copies, start=1))


def read_brat(folder: Path) -> Iterator[Sample]:
    """The samples of a folder of brat's.

    Raises:
        CorpusError: it holds none, or a file is missing or damaged.
    """
    paths = sorted(folder.glob("*.ann"))
    if not paths:
        raise CorpusError(f"{folder} holds no .ann files", "Name the folder that 'goldspan export --to brat' wrote.")
    for path in paths:
        text = read_bytes(path.with_suffix(".txt")).decode("utf-8", "surrogatepass").removesuffix("\n")
        marks = tuple(_marks(read_bytes(path).decode("utf-8", "surrogatepass"), path))
        rest = read_json(path.with_suffix(".json"))
        yield unflatten(Flat(text, marks, rest, read_bytes(path.with_suffix(".page"))), str(path))


def _marks(text: str, path: Path) -> Iterator[FlatMark]:
    entities: list[tuple[str, str, int, int]] = []
    roles: dict[str, str] = {}
    copies: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        name, _, said = line.partition("\t")
        words = said.partition("\t")[0].split(" ", 1) if line.startswith("T") else said.split()
        try:
            if line.startswith("T"):
                places = [int(place) for place in re.split("[ ;]", words[1])]
                entities.append((name, words[0], places[0], places[-1]))
            elif line.startswith("A") and words[0] == "Role":
                roles[words[1]] = words[2]
            elif line.startswith("R") and words[0] == "copy":
                copies[words[1].removeprefix("Arg1:")] = words[2].removeprefix("Arg2:")
        except (IndexError, ValueError):
            raise CorpusError(f"{path} line {number} cannot be read: '{line[:60]}'", "Mend the line.") from None
    for name, label, start, end in entities:
        yield FlatMark(name, start, end, label, roles.get(name), copies.get(name))
