"""An annotator's session: the samples to label, what is shown of each, and how the work is saved.

``open``
    the gold itself is edited; drafts are shown
``blind``
    the annotator starts from nothing, and writes a label vector of their own: ``labels/<annotator>.json``
``adjudicate``
    the gold is edited; the blocks that the annotators label differently are open, with what each said
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from goldspan.annotate.candidates import find_candidates
from goldspan.annotate.gold_checks import check_labels
from goldspan.annotate.lint import lint
from goldspan.annotate.lint_context import lint_context
from goldspan.annotate.page_view import View, build_view
from goldspan.annotate.provenance import UNLABELLED, changed, check_work, guideline, numbers, ranges, unrolled
from goldspan.core.text import build_stream
from goldspan.data.corpora.samples import sample_folders
from goldspan.data.files import decode_json, read_bytes, sha256, write_atomically
from goldspan.data.gold import format_gold, link_faults, read_sample, sample_from_json
from goldspan.data.label_files import gold_of, read_vector, vector_of
from goldspan.data.schema import Incident, validate
from goldspan.errors import CorpusError, GoldspanError, UsageError
from goldspan.model import Page

Mode = Literal["open", "blind", "adjudicate"]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_EDITED = ("label", "role", "cell", "spans", "duplicate_of")


class ChangedError(GoldspanError):
    """The file differs from the one that the annotator's browser has."""


@dataclass(frozen=True, slots=True)
class Session:
    """Some samples of a folder, and who labels them.

    Attributes:
        folder: where the samples are, each a folder.
        disputed: in adjudication, what each annotator said of the blocks that they label differently, by page.
    """

    folder: Path
    ids: tuple[str, ...]
    annotator: str | None
    mode: Mode = "open"
    disputed: Mapping[str, Mapping[int, Mapping[str, str]]] | None = None

    def path(self, id: str) -> Path:
        """The file that is edited."""
        if self.mode == "blind":
            return self.folder / id / "labels" / f"{self.annotator}.json"
        return self.folder / id / "gold.json"

    def state(self, id: str) -> dict[str, Any]:
        """Everything that the annotator's browser needs to know of a page.

        Raises:
            CorpusError: the sample cannot be read, or is not its page's.
        """
        data, version = self._load(id)
        page = read_page(self.folder / id)
        view = cached_view(page)
        work = data["provenance"]
        waiting = set(numbers(work.get("open", ())))
        votes = (self.disputed or {}).get(id, {})
        drafted = unrolled(work.get("drafted", ())) if self.mode == "open" else []
        blocks = []
        for number, (block, place) in enumerate(zip(data["blocks"], view.places, strict=True)):
            shown = {"alike": place.alike, "hint": {"role": place.role, "cell": place.cell}, **block}
            if number < len(drafted):
                shown["draft"] = drafted[number]
            if number in votes:
                shown["votes"] = votes[number]
            blocks.append(shown | {"open": number in waiting or number in votes})
        return {
            "id": id,
            "version": version,
            "url": page.url,
            "about": data["about"],
            "metadata": data["metadata"],
            "blocks": blocks,
            "unsure": work.get("unsure", []),
            "subtrees": view.subtrees,
            "candidates": [asdict(one) for one in find_candidates(page)],
        }

    def save(self, id: str, work: Mapping[str, Any]) -> str:
        """Save the labels of a page.

        Args:
            work: what the browser sends: ``version``, ``blocks`` (without texts), ``open``, ``unsure``, ``metadata``,
                ``about``.

        Returns:
            The version that is now stored.

        Raises:
            ChangedError: the file was changed by somebody else meanwhile.
            CorpusError: the labels do not fit the page or the schema.
        """
        data, version = self._load(id)
        if work.get("version") != version:
            raise ChangedError(f"the labels of {id} were changed by another program", "Load the page again.")
        data = self._merged(data, work)
        incidents = validate("gold", data, id)
        faults = [incident.what for incident in incidents] or [what for _, what in link_faults(data)]
        if faults:
            raise CorpusError(f"{id}: {faults[0]}", "Nothing was saved.")
        stored = data
        if self.mode == "blind":
            stored = vector_of(data, annotator=self.annotator, blind=True, metadata=data["metadata"])
        raw = format_gold(stored)
        write_atomically(self.path(id), raw)
        return sha256(raw)

    def check(self, id: str) -> list[Incident]:
        """What may be wrong with the labels as they are saved."""
        data, _ = self._load(id)
        sample = sample_from_json(data, read_page(self.folder / id).data)
        found = [*check_work(id, data["provenance"]), *check_labels(sample)]
        if not any(incident.level == "error" for incident in found[1:]):
            found += lint(lint_context(sample, captured=data["page"].get("captured")))
        return found

    def _load(self, id: str) -> tuple[dict[str, Any], str]:
        """The gold as it is edited, and its version; an empty version where nothing was saved yet."""
        path = self.path(id)
        if self.mode != "blind":
            raw = read_bytes(path)
            data = decode_json(raw, str(path))
            incidents = validate("gold", data, str(path))
            if incidents:
                raise CorpusError(f"{path}: {incidents[0].what}", "'goldspan check' lists every fault.")
            data.setdefault("provenance", {})
            return data, sha256(raw)
        page = read_page(self.folder / id)
        if path.exists():
            vector = read_vector(path)
            return {**gold_of(vector, page, str(path)), "metadata": vector.get("metadata", {})}, sha256(
                read_bytes(path)
            )
        data = decode_json(read_bytes(self.folder / id / "gold.json"), id)
        bare = [{"label": UNLABELLED, **{k: b[k] for k in ("text", "hidden") if k in b}} for b in data["blocks"]]
        work: dict[str, Any] = {"annotators": [self.annotator], "guideline": guideline(), "prelabelled_by": None}
        work |= {"open": ranges(range(len(bare)))}
        return {**data, "blocks": bare, "metadata": {}, "extra": [], "provenance": work}, ""

    def _merged(self, data: dict[str, Any], work: Mapping[str, Any]) -> dict[str, Any]:
        """The gold with the browser's labels; its texts and all else stay what they were."""
        sent, blocks = work.get("blocks"), data["blocks"]
        if not isinstance(sent, list) or len(sent) != len(blocks) or not all(isinstance(one, dict) for one in sent):
            raise CorpusError("the blocks sent are not those of the page", "Load the page again.")
        made = []
        for block, labelled in zip(blocks, sent, strict=True):
            new = {"label": None} | {name: labelled[name] for name in _EDITED if labelled.get(name) not in (None, [])}
            made.append(new | {name: value for name, value in block.items() if name not in _EDITED})
        _renumber_tables(made)
        provenance = dict(data["provenance"])
        annotators = list(provenance.get("annotators", ()))
        if self.annotator and self.annotator not in annotators:
            annotators.append(self.annotator)
        provenance |= {"annotators": annotators, "guideline": provenance.get("guideline") or guideline()}
        provenance |= {"open": work.get("open", []), "unsure": work.get("unsure", [])}
        provenance["changed"] = changed([str(block["label"]) for block in made], provenance)
        if self.mode == "adjudicate":
            provenance["adjudicated_by"] = self.annotator
        kept = {name: value for name, value in provenance.items() if value or name in ("annotators", "prelabelled_by")}
        about = dict(data["about"])
        stated = work.get("about")
        about |= {name: stated[name] for name in ("language", "page_type") if name in stated} if stated else {}
        return {**data, "about": about, "metadata": work.get("metadata", {}), "blocks": made, "provenance": kept}


def _renumber_tables(blocks: Sequence[dict[str, Any]]) -> None:
    """Number the tables whose cells are labelled from 0; the page may have others, that only lay it out."""
    seen: dict[int, int] = {}
    for block in blocks:
        cell = block.get("cell")
        if block.get("role") != "cell":
            block.pop("cell", None)
        elif isinstance(cell, list) and cell and isinstance(cell[0], int):
            block["cell"] = [seen.setdefault(cell[0], len(seen)), *cell[1:]]


def read_page(folder: Path) -> Page:
    """The page of a sample's folder, as its gold says that it is decoded."""
    return _pages(folder, (folder / "gold.json").stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _pages(folder: Path, _: int) -> Page:
    return read_sample(folder).page


def cached_view(page: Page) -> View:
    """The view of a page; the last ones are kept."""
    return _views(page)


@lru_cache(maxsize=4)
def _views(page: Page) -> View:
    return build_view(page, build_stream(page))


def open_session(folder: Path, ids: Sequence[str], annotator: str | None, mode: Mode = "open") -> Session:
    """A session with the samples of a folder.

    Args:
        ids: the samples to label; all of them if empty, those with open blocks first.

    Raises:
        UsageError: there is no such sample, or a blind annotator has no name.
    """
    place, known = sample_folders(folder)
    if not known:
        raise CorpusError(f"{folder} holds no samples", "Add a page with 'goldspan add'.")
    for id in ids:
        if id not in known:
            raise UsageError(f"{folder} has no sample '{id}'", f"It has {', '.join(known[:5])}.")
    if annotator is not None and not _NAME.fullmatch(annotator):
        raise UsageError(f"'{annotator}' cannot be a name here", "Take letters, digits, '.', '_' and '-'.")
    if mode == "blind" and annotator is None:
        raise UsageError("blind labels need a name", "Say who labels, with --as NAME.")
    return Session(place, tuple(ids) or tuple(known), annotator, mode)


def frame_key(token: str, id: str) -> str:
    """What the address of a page's frame is protected with: the frame must not know the token itself."""
    return hashlib.blake2b(id.encode(), key=token.encode()[:64], digest_size=16).hexdigest()
