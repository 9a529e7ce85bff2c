"""Checks of gold files, in levels: the file, its form, its links, its stream, its labels, the lint, the corpus.

A level runs only if the one before it found no errors, so that one fault is not reported three times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from goldspan.annotate.lint import lint
from goldspan.annotate.lint_context import LintContext, lint_context, read_linked
from goldspan.annotate.minhash import near_duplicates, sketch
from goldspan.annotate.provenance import check_work
from goldspan.core.text import stream_digest, tokenise
from goldspan.data.corpora.samples import sample_folders
from goldspan.data.corpora.standoff import FILE
from goldspan.data.corpora.standoff import open_corpus as open_standoff
from goldspan.data.files import read_bytes, read_json, sha256
from goldspan.data.gold import link_faults, sample_from_json
from goldspan.data.schema import Incident, load_labels, validate
from goldspan.errors import CorpusError
from goldspan.model import Block, GoldBlock, Sample


def check_folder(path: Path) -> tuple[list[Incident], int]:
    """Check every sample of a folder, and its manifest if it has one.

    Returns:
        The incidents, and how many samples were checked.

    Raises:
        CorpusError: the folder holds no sample.
    """
    if (path / "gold.json").is_file():
        return check_sample(path), 1
    if any(path.glob(f"*/{FILE}")):
        return check_standoff(path)
    folder, ids = sample_folders(path)
    if not ids:
        raise CorpusError(f"{path} holds no samples", "A sample is a folder with gold.json and its page.")
    incidents: list[Incident] = []
    sketches = []
    for name in ids:
        found, page = _inspect(folder / name)
        incidents += found
        if page is not None:
            sketches.append((name, page.sample.gold.about, sketch(page)))
    if (path / "manifest.json").exists():
        incidents += list(check_manifest(path / "manifest.json", folder, ids))
    incidents += list(check_distinct(folder, ids))
    incidents += list(near_duplicates(sketches))
    return incidents, len(ids)


def check_standoff(path: Path) -> tuple[list[Incident], int]:
    """Check stand-off gold: the form of its files, and against the pages themselves. The corpora must be there."""
    incidents: list[Incident] = []
    files = sorted(path.glob(f"*/{FILE}"))
    corpus = open_standoff(path, strict=False)
    for file in files:
        where = file.parent.name
        try:
            sample = corpus.load(where)
        except CorpusError as error:
            incidents.append(Incident("error", where, None, str(error).rstrip("."), ""))
            continue
        found = [*check_labels(sample), *check_work(where, sample.gold.provenance)]
        incidents += found if _has_error(found) else [*found, *lint(lint_context(sample))]
    if (path / "manifest.json").exists():
        incidents += list(check_manifest(path / "manifest.json", path, [file.parent.name for file in files]))
    return incidents, len(files)


def check_sample(folder: Path) -> list[Incident]:
    """Check one sample's folder."""
    return _inspect(folder)[0]


def _inspect(folder: Path) -> tuple[list[Incident], LintContext | None]:
    """What is wrong with a sample, and what the lint saw of it where nothing before was an error."""
    where = folder.name
    try:
        data = read_json(folder / "gold.json")
        incidents = validate("gold", data, where)
        if incidents:
            return incidents, None
        page = read_bytes(folder / data["page"]["file"])
    except CorpusError as error:
        return [Incident("error", where, None, str(error).rstrip("."), "")], None
    incidents = list(check_links(data, page, folder))
    if _has_error(incidents):
        return incidents, None
    sample = sample_from_json(data, page)
    found = read_linked(sample.page)
    incidents += check_stream(sample, data["stream"]["sha256"], [marked.block for marked in found])
    incidents += check_labels(sample)
    incidents += check_work(sample.id, sample.gold.provenance)
    if _has_error(incidents):
        return incidents, None
    seen = lint_context(sample, found, data["page"].get("captured"))
    return incidents + list(lint(seen)), seen


def _has_error(incidents: Sequence[Incident]) -> bool:
    return any(incident.level == "error" for incident in incidents)


def check_links(data: Mapping[str, Any], page: bytes, folder: Path) -> Iterator[Incident]:
    """Names, hashes, spans and copies: what the schema cannot express."""
    where = folder.name
    if data["id"] != folder.name:
        yield Incident("error", where, None, f"its id is '{data['id']}'", "The folder and the id must be the same.")
    if sha256(page) != data["page"]["sha256"]:
        what = f"{data['page']['file']} is not the page that the gold was made for (its hash differs)"
        yield Incident("error", where, None, what, "Restore the page, or make its gold again.")
    for number, what in link_faults(data):
        yield Incident("error", where, number, what, "Correct the span or the copy.")
    if "canary" not in data and data["about"]["origin"] == "authored":
        yield Incident("error", where, None, "it has no canary", "Published gold carries the corpus's canary string.")


def check_stream(sample: Sample, stated: str, found: Sequence[Block]) -> Iterator[Incident]:
    """The gold's blocks must be the page's text stream, which is ``found``."""
    gold = sample.gold.blocks or ()
    if stream_digest(block.text for block in gold) != stated:
        yield Incident(
            "error", sample.id, None, "stream.sha256 is not that of its blocks", "The texts of blocks are never edited."
        )
        return
    yield from _compare(sample.id, gold, found)


def _compare(where: str, gold: Sequence[GoldBlock], found: Sequence[Block]) -> Iterator[Incident]:
    do = "Restore the page, or make its gold again."
    for number, (stored, built) in enumerate(zip(gold, found, strict=False)):
        if stored.text != built.text:
            yield Incident("error", where, number, f"the page has '{built.text[:60]}' where this block stands", do)
            return
        if stored.hidden != built.hidden:
            now = "hidden" if built.hidden else "visible"
            yield Incident("error", where, number, f"the block is {now} on the page", "Correct 'hidden'.")
    if len(gold) != len(found):
        yield Incident("error", where, None, f"the page's stream has {len(found)} blocks, the gold {len(gold)}", do)


def check_labels(sample: Sample) -> Iterator[Incident]:
    """What is allowed but nearly always a mistake."""
    labels = load_labels()
    blocks = sample.gold.blocks or ()
    for number, block in enumerate(blocks):
        if block.role and labels.groups[block.label] == "noise":
            what = f"the role '{block.role}' on a block labelled '{block.label}'"
            yield Incident("warning", sample.id, number, what, "Roles are for the article's own text.")
        if (block.role == "cell") != (block.cell is not None):
            yield Incident("warning", sample.id, number, "role 'cell' and 'cell' go together", "Give both or none.")
        original = blocks[block.duplicate_of] if block.duplicate_of is not None else None
        if original is not None and not set(tokenise(block.text)) & set(tokenise(original.text)):
            what = f"duplicate_of names block {block.duplicate_of}, which shares no word with it"
            yield Incident("error", sample.id, number, what, "Name the block whose text this one copies.")
    gold_tokens = any(labels.groups[block.label] == "body" for block in blocks)
    if not gold_tokens and sample.gold.about.page_type not in ("listing", "error", "product", "service"):
        what = f"no block is body or post, on a page of type {sample.gold.about.page_type}"
        yield Incident("warning", sample.id, None, what, "Label the article, or correct about.page_type.")


def check_manifest(path: Path, folder: Path, ids: Sequence[str]) -> Iterator[Incident]:
    """The manifest must name each sample with the hashes that it has."""
    try:
        data = read_json(path)
    except CorpusError as error:
        yield Incident("error", path.name, None, str(error).rstrip("."), "")
        return
    incidents = validate("manifest", data, path.name)
    yield from incidents
    if incidents:
        return
    stated = data["samples"]
    for name in sorted(set(stated) ^ set(ids)):
        what = "is in the manifest and not in the folder" if name in stated else "is not in the manifest"
        yield Incident("error", name, None, what, "Restore the sample, or write the manifest again.")
    for name in sorted(set(stated) & set(ids)):
        standoff = folder / name / FILE
        gold = standoff if standoff.is_file() else folder / name / "gold.json"
        try:
            page = read_json(gold)["page"]
            own = page["sha256"] if gold == standoff else sha256(read_bytes(folder / name / str(page["file"])))
            found = {"page": own, "gold": sha256(read_bytes(gold))}
        except (CorpusError, KeyError, TypeError):
            continue  # told by check_sample
        for part in ("page", "gold"):
            if found[part] != stated[name][part]:
                what = f"the {part} is not the one in the manifest (its hash differs)"
                yield Incident("error", name, None, what, "Restore it, or release the change with 'goldspan amend'.")


def check_distinct(folder: Path, ids: Sequence[str]) -> Iterator[Incident]:
    """No page may occur twice."""
    by_hash: dict[str, list[str]] = defaultdict(list)
    for name in ids:
        for page in sorted((folder / name).glob("page.*")):
            try:
                by_hash[sha256(read_bytes(page))].append(name)
            except CorpusError:
                continue  # told by check_sample
    for names in by_hash.values():
        if len(names) > 1:
            yield Incident("error", names[1], None, f"its page is that of {names[0]}", "Take one of them out.")
