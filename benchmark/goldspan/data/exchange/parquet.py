"""A corpus of labelled samples as one Parquet file with explicit features, and back without loss.

Dates stay strings, as precise as the page states them. (Read as nested JSON by the ``json`` loader of ``datasets``, ISO
dates would be turned into timestamps and lose their precision and offset.) A row is a sample:

``id url media page page_sha256 charset encoding captured language page_type family article site origin licence mess``
    the page, its exact bytes, and what kind of page it is
``metadata`` and ``annotated``
    the metadata that the page states; a field that is null and stands in ``annotated`` was looked for and is not there
``stream_spec stream_sha256 blocks extra``
    the labelled text stream, as ``gold.json`` holds it
``text``
    the text of the article: its blocks that are no copies, a line each
``canary provenance``
    the canary string; how the labels came about, as JSON
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldspan.data.gold import sample_from_json, sample_to_json
from goldspan.errors import CorpusError
from goldspan.model import FIELDS, Sample

if TYPE_CHECKING:
    from datasets import Features

_ABOUT = ("language", "page_type", "family", "article", "site", "origin", "licence")
_BLOCK = ("text", "label", "role", "cell", "spans", "duplicate_of", "hidden", "source")


def features() -> Features:
    """The columns and their types."""
    from datasets import Features, List, Value

    text, number = Value("string"), Value("int32")
    span = {"start": number, "end": number, "label": text, "duplicate_of": number}
    block = {"text": text, "label": text, "role": text, "cell": List(number), "spans": List(span)}
    block |= {"duplicate_of": number, "hidden": Value("bool"), "source": text}
    metadata = {name: List(text) if name == "authors" else text for name in FIELDS}
    columns = dict.fromkeys(("id", "url", "media"), text) | {"page": Value("binary")}
    columns |= dict.fromkeys(("page_sha256", "charset", "encoding", "captured", *_ABOUT), text)
    columns |= {"mess": List(text), "metadata": metadata, "annotated": List(text)}
    columns |= {"stream_spec": text, "stream_sha256": text, "blocks": List(block), "extra": List(block)}
    return Features(columns | dict.fromkeys(("text", "canary", "provenance"), text))


def row_of(sample: Sample) -> dict[str, Any]:
    """A sample as a row of :func:`features`."""
    data = sample_to_json(sample)
    page, about = data["page"], data["about"]
    return {
        "id": sample.id,
        "url": page["url"],
        "media": sample.page.media,
        "page": sample.page.data,
        "page_sha256": page["sha256"],
        "charset": page.get("charset"),
        "encoding": page["encoding"],
        "captured": page.get("captured"),
        **{name: about.get(name) for name in _ABOUT},
        "mess": about.get("mess", []),
        "metadata": {name: data["metadata"].get(name) for name in FIELDS},
        "annotated": [name for name in FIELDS if name in data["metadata"]],
        "stream_spec": data["stream"]["spec"],
        "stream_sha256": data["stream"]["sha256"],
        "blocks": [_block_row(block) for block in data["blocks"]],
        "extra": [_block_row(block) for block in data["extra"]],
        "text": "\n".join(_content(data["blocks"])),
        "canary": sample.gold.canary,
        "provenance": json.dumps(data["provenance"], ensure_ascii=False),
    }


def _block_row(block: Mapping[str, Any]) -> dict[str, Any]:
    row = {name: block.get(name) for name in _BLOCK}
    row["cell"], row["hidden"] = block.get("cell", []), block.get("hidden", False)
    row["spans"] = [{"duplicate_of": None, **span} for span in block.get("spans", ())]
    return row


def _content(blocks: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for block in blocks:
        if block["label"] in ("body", "post") and "duplicate_of" not in block:
            cuts = [0, *(at for span in block.get("spans", ()) for at in (span["start"], span["end"])), None]
            text = "".join(block["text"][a:b] for a, b in zip(cuts[::2], cuts[1::2], strict=True))
            yield " ".join(text.split(" ")).strip()


def sample_of(row: Mapping[str, Any]) -> Sample:
    """The sample that a row was made of."""

    def block(data: Mapping[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in data.items() if value is not None and value is not False and value != []}
        kept["text"] = data["text"]
        if "spans" in kept:
            kept["spans"] = [{k: v for k, v in span.items() if v is not None} for span in kept["spans"]]
        return kept

    data = {
        "id": row["id"],
        "page": {name: row[name] for name in ("url", "charset", "encoding", "media")}
        | {"captured": row.get("captured")},
        "about": {name: row[name] for name in _ABOUT} | {"mess": row["mess"]},
        "metadata": {name: row["metadata"][name] for name in row["annotated"]},
        "blocks": [block(one) for one in row["blocks"]],
        "extra": [block(one) for one in row["extra"]],
        "provenance": json.loads(row["provenance"]),
        "canary": row["canary"],
    }
    return sample_from_json(data, row["page"])


def write_parquet(samples: Iterable[Sample], path: Path) -> int:
    """Write samples as one Parquet file.

    Returns:
        How many there are.

    Raises:
        CorpusError: a sample has no labelled blocks.
    """
    from datasets import Dataset, disable_progress_bars

    disable_progress_bars()
    rows = []
    for sample in samples:
        if sample.gold.blocks is None:
            raise CorpusError(f"{sample.id} has no labelled blocks", "Only labelled samples can be stored as Parquet.")
        rows.append(row_of(sample))
    path.parent.mkdir(parents=True, exist_ok=True)
    Dataset.from_list(rows, features=features()).to_parquet(path)
    return len(rows)


def read_parquet(path: Path) -> Iterator[Sample]:
    """The samples of a Parquet file that :func:`write_parquet` wrote.

    Raises:
        CorpusError: it is none.
    """
    import pyarrow.parquet

    try:
        for batch in pyarrow.parquet.ParquetFile(path).iter_batches(batch_size=32):
            yield from map(sample_of, batch.to_pylist())
    except (pyarrow.ArrowInvalid, OSError, KeyError) as fault:
        raise CorpusError(f"{path} is no Parquet file of samples: {fault}", "Export it again.") from None
