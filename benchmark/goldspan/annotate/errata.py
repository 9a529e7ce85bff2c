"""Errata: a folder of gold is released by its manifest; after that, gold changes only with a reason and a new version.

``release``
    writes ``manifest.json``: the version, and the hash of each page and gold
``amend``
    takes a gold that was edited since, or labels that are given; the reason and the new version go into its
    ``provenance.amended``, into the manifest and into the folder's ``CHANGELOG.md``

Composed pages are not amended: their gold follows from an article and a site template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goldspan.annotate.provenance import numbers
from goldspan.data.corpora.samples import read_manifest, sample_folders
from goldspan.data.corpora.standoff import FILE
from goldspan.data.files import read_bytes, read_json, sha256, write_atomically
from goldspan.data.gold import format_gold, link_faults
from goldspan.data.schema import load_labels, validate
from goldspan.errors import CorpusError, UsageError

MANIFEST = "manifest.json"
CHANGELOG = "CHANGELOG.md"
SHORTEST = 10  # characters of a reason that says something


@dataclass(frozen=True, slots=True)
class Amended:
    """What was amended.

    Attributes:
        version: the corpus's version from now on.
        line: what the changelog says of it.
    """

    id: str
    version: str
    line: str


def gold_files(folder: Path) -> dict[str, Path]:
    """The gold of each sample of a folder, stand-off gold too."""
    standoff = {path.parent.name: path for path in sorted(folder.glob(f"*/{FILE}"))}
    if standoff:
        return standoff
    place, ids = sample_folders(folder)
    return {id: place / id / "gold.json" for id in ids}


def release(folder: Path, version: str) -> int:
    """Write the manifest of a folder whose gold is finished.

    Returns:
        How many samples it names.

    Raises:
        UsageError: it is released already, or the version is none.
        CorpusError: it holds no gold.
    """
    if (folder / MANIFEST).exists():
        raise UsageError(f"{folder} is released already", "Change its gold with 'goldspan amend'.")
    if not re.fullmatch(r"\d+(\.\d+)*", version):
        raise UsageError(f"'{version}' is not a version", "Take numbers with points, such as 1.0.0.")
    files = gold_files(folder)
    if not files:
        raise CorpusError(f"{folder} holds no samples", "Add a page with 'goldspan add'.")
    samples = {id: _hashes(path, read_json(path)) for id, path in files.items()}
    head = {"corpus": folder.resolve().name, "version": version}
    write_atomically(folder / MANIFEST, format_manifest({**head, "samples": samples}))
    return len(samples)


def amend(folder: Path, id: str, reason: str, labels: Mapping[int, str] | None = None) -> Amended:
    """Release a changed gold.

    Args:
        labels: labels to change, as ``label`` or ``label/role``, by block; none if the gold was edited already.

    Raises:
        UsageError: there is no such sample, no reason, or nothing to amend; the folder is not released; or the page is
            a composed one.
        CorpusError: the changed gold is not right.
    """
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST:
        raise UsageError(
            "released gold changes only with a reason", "Say with --reason what was wrong and is right now."
        )
    if not (folder / MANIFEST).is_file():
        raise UsageError(f"{folder} is not released, it has no {MANIFEST}", "Edit its gold with 'goldspan annotate'.")
    manifest, path = read_manifest(folder / MANIFEST), gold_files(folder).get(id)
    if path is None or id not in manifest["samples"]:
        raise UsageError(
            f"{folder} has no released sample '{id}'", f"It has {', '.join(sorted(manifest['samples'])[:3])} …"
        )
    data = dict(read_json(path))
    _refuse_composed(data, id)
    before, now = manifest["samples"][id], _hashes(path, data)
    if now["page"] != before["page"]:
        raise CorpusError(
            f"the page of {id} is another than the released one", "Restore it; a new page is a new sample."
        )
    changes = _relabel(data, labels or {})
    if not changes and now["gold"] == before["gold"]:
        raise UsageError(
            f"{id} is as it was released", "Edit it with 'goldspan annotate', or name blocks with --label."
        )
    version = _next(manifest["version"])
    work = dict(data.get("provenance", {}))
    note: dict[str, Any] = {"version": version, "reason": reason} | ({"blocks": changes} if changes else {})
    data["provenance"] = work | {"amended": [*work.get("amended", ()), note]}
    _refuse_faulty(data, path)
    raw = format_gold(data)
    where = f" ({'; '.join(f'block {n}: {what}' for n, what in changes.items())})" if changes else ""
    line = f"- `{id}`: {reason}{where}"
    samples = {**manifest["samples"], id: {**before, "gold": sha256(raw)}}
    write_atomically(path, raw)
    write_atomically(folder / MANIFEST, format_manifest({**manifest, "version": version, "samples": samples}))
    _tell(folder / CHANGELOG, version, line)
    return Amended(id, version, line)


def format_manifest(data: Mapping[str, Any]) -> bytes:
    """The bytes of a manifest: sorted, a line a sample."""
    lines = ",\n".join(f"{json.dumps(id)}: {json.dumps(data['samples'][id])}" for id in sorted(data["samples"]))
    head = ",\n".join(f"{json.dumps(name)}: {json.dumps(data[name])}" for name in data if name != "samples")
    return f'{{\n{head},\n"samples": {{\n{lines}\n}}\n}}\n'.encode()


def _hashes(path: Path, data: Mapping[str, Any]) -> dict[str, str]:
    """The hashes of a sample; of stand-off gold, the page's is the stated one."""
    page = data["page"]["sha256"]
    if path.name != FILE:
        page = sha256(read_bytes(path.parent / data["page"]["file"]))
    return {"page": page, "gold": sha256(read_bytes(path))}


def _refuse_composed(data: Mapping[str, Any], id: str) -> None:
    about = data["about"]
    if about.get("origin") == "authored" and about.get("article") and about.get("family"):
        raise UsageError(
            f"{id} is composed: its gold follows from the article {about['article']} in the skin {about['family']}",
            "Correct the article or the skin, raise VERSION in benchmark/goldspan/synth/build.py, run "
            "scripts/compose, and say in CHANGELOG.md what was wrong.",
        )


def _relabel(data: dict[str, Any], labels: Mapping[int, str]) -> dict[str, str]:
    """Change labels in place.

    Returns:
        What was changed, in words, by block.
    """
    known, said = load_labels(), {}
    blocks = [dict(block) for block in data["blocks"]]
    for number, wanted in sorted(labels.items()):
        label, _, role = wanted.partition("/")
        if label not in known.groups or (role and role not in known.roles):
            raise UsageError(
                f"'{wanted}' is no label", "They are listed in schemas/labels.json; a role follows after '/'."
            )
        if not 0 <= number < len(blocks):
            raise UsageError(f"there is no block {number}", f"The page has {len(blocks)}, counted from 0.")
        block = blocks[number]
        was = block["label"] + (f"/{block['role']}" if "role" in block else "")
        if was == wanted:
            continue
        kept = {name: value for name, value in block.items() if name not in ("role", "cell")}
        if role == "cell" and "cell" in block:
            kept["cell"] = block["cell"]
        blocks[number] = {**kept, "label": label, **({"role": role} if role else {})}
        said[str(number)] = f"{was} → {wanted}"
    data["blocks"] = blocks
    return said


def _refuse_faulty(data: Mapping[str, Any], path: Path) -> None:
    kind = "standoff" if path.name == FILE else "gold"
    faults = [incident.what for incident in validate(kind, data, str(path))]
    if not faults and kind == "gold":
        faults = [what for _, what in link_faults(data)]
    waiting = list(numbers(data["provenance"].get("open", ())))
    if not faults and waiting:
        faults = [f"block {waiting[0]} is not confirmed"]
    if faults:
        raise CorpusError(f"{path}: {faults[0]}", "Nothing was amended; 'goldspan check' lists every fault.")


def _next(version: str) -> str:
    """The version after this one: the last number goes up."""
    found = re.fullmatch(r"(.*?)(\d+)", version)
    return f"{found[1]}{int(found[2]) + 1}" if found else f"{version}.1"


def _tell(path: Path, version: str, line: str) -> None:
    text = path.read_text(encoding="utf-8") if path.is_file() else "# Changelog\n"
    head, mark, rest = text.partition("\n## ")
    write_atomically(path, f"{head.rstrip()}\n\n## {version}\n\n{line}\n{mark}{rest}".encode())
