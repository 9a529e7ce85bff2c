"""Folders of samples in this project's own layout, the core set among them.

``pages/<id>/gold.json`` (or ``<id>/gold.json``) with the page beside it, and ``manifest.json`` if there is one: then
every page and gold must be the one that it names, and the corpus's digest follows from it without reading them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goldspan.data.corpora.base import Corpus, check_folder
from goldspan.data.files import read_bytes, read_json, sha256
from goldspan.data.gold import read_sample
from goldspan.data.schema import data_path, validate
from goldspan.errors import CorpusError
from goldspan.model import Sample


@dataclass(frozen=True, eq=False)
class _Reader:
    folder: Path
    manifest: Mapping[str, Mapping[str, str]]

    def __call__(self, id: str) -> Sample:
        folder = self.folder / id
        sample = read_sample(folder)
        if sample.id != id:
            raise CorpusError(
                f"{folder / 'gold.json'} is the gold of '{sample.id}'", f"It belongs to a folder {sample.id}."
            )
        stated = self.manifest.get(id)
        if stated and stated != self.hashes(id):
            raise CorpusError(
                f"{folder} is not what the manifest names (its hash differs)",
                "Restore it, or release the change with 'goldspan amend'.",
            )
        return sample

    def hashes(self, id: str) -> dict[str, str]:
        gold = self.folder / id / "gold.json"
        data = read_json(gold)
        page = self.folder / id / str(data["page"]["file"])
        return {"page": sha256(read_bytes(page)), "gold": sha256(read_bytes(gold))}

    def fingerprint(self, id: str) -> str:
        stated = self.manifest.get(id) or self.hashes(id)
        return sha256(f"{stated['page']} {stated['gold']}".encode())


def read_manifest(path: Path) -> dict[str, Any]:
    """A corpus's manifest.

    Raises:
        CorpusError: it is damaged or does not fit its schema.
    """
    data = read_json(path)
    incidents = validate("manifest", data, str(path))
    if incidents:
        raise CorpusError(f"{path}: {incidents[0].what}", incidents[0].do)
    return dict(data)


def sample_folders(path: Path) -> tuple[Path, list[str]]:
    """Where a folder keeps its samples, and their ids, sorted."""
    folder = path / "pages" if (path / "pages").is_dir() else path
    return folder, sorted(gold.parent.name for gold in folder.glob("*/gold.json"))


def open_folder(path: Path, name: str | None = None) -> Corpus:
    """A folder of samples.

    Args:
        name: what protocols call it; the manifest's name, or the folder's, if None.

    Raises:
        CorpusError: there is no sample in it, or its manifest names others.
    """
    check_folder(path, "samples, each with a gold.json")
    folder, ids = sample_folders(path)
    manifest_path = path / "manifest.json"
    stated: Mapping[str, Mapping[str, str]] = {}
    if manifest_path.is_file():
        manifest = read_manifest(manifest_path)
        name, stated = name or manifest["corpus"], manifest["samples"]
        for missing, where, do in (
            (set(stated) - set(ids), "is missing", "Restore it."),
            (set(ids) - set(stated), "is not in the manifest", "Add it with 'scripts/compose' or take it out."),
        ):
            if missing:
                raise CorpusError(f"{folder / min(missing)} {where}", do)
    if not ids:
        raise CorpusError(f"{path} holds no samples", "A sample is a folder with gold.json and its page.")
    reader = _Reader(folder, stated)
    return Corpus(name or path.resolve().name, tuple(ids), reader, fingerprint=reader.fingerprint)


def open_core() -> Corpus:
    """The set that ships."""
    return open_folder(data_path("annotations"), "core")
