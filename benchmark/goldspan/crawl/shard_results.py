"""The result of a shard: one Parquet file, one row per page, with the answer of every system.

``id url source place size page_sha256 fault``
    the page, where it came from (the input file, and its offset there or its row), and what is wrong with it if it
    could not be read
``answers``
    for each system, in their order: ``system status text format title … ms peak_mb error noise``; none where the page
    could not be read
``agreement``
    token F1 of each pair of systems, the first with the second, the first with the third, …; null where one failed

The file's metadata hold the shard's counts, as JSON under ``goldspan``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldspan.data.files import write_atomically
from goldspan.errors import RunFileError
from goldspan.model import FIELDS, Prediction

if TYPE_CHECKING:
    import pyarrow

COUNTS = b"goldspan"
MEASURED = ("ms", "peak_mb")
"""What differs from run to run."""

_AT_ONCE = 256


def result_schema() -> pyarrow.Schema:
    """The columns and their types."""
    import pyarrow as pa

    text = pa.string()
    fields = {name: pa.list_(text) if name == "authors" else text for name in FIELDS}
    answer = pa.struct(
        {"system": text, "status": text, "text": text, "format": text, **fields}
        | dict.fromkeys(MEASURED, pa.float64())
        | {"error": text, "noise": text}
    )
    columns = {"id": text, "url": text, "source": text, "place": pa.int64(), "size": pa.int64(), "page_sha256": text}
    return pa.schema(columns | {"fault": text, "answers": pa.list_(answer), "agreement": pa.list_(pa.float32())})


def result_row(prediction: Prediction) -> dict[str, Any]:
    """A system's answer, as the column ``answers`` holds it."""
    said = prediction.extraction
    row: dict[str, Any] = {"system": prediction.system, "status": prediction.status}
    if said is not None:
        row |= {"text": said.text, "format": said.format, **said.metadata()}
    return row | {name: getattr(prediction, name) for name in (*MEASURED, "error", "noise")}


def write_results(path: Path, rows: Sequence[Mapping[str, Any]], counts: Mapping[str, Any]) -> None:
    """Write a shard's result; nobody sees it before it is complete.

    Raises:
        GoldspanError: the folder cannot be written to.
    """
    import pyarrow as pa
    from pyarrow import parquet

    schema = result_schema().with_metadata({COUNTS: json.dumps(counts).encode()})
    try:
        table = pa.Table.from_pylist(rows, schema=schema)
    except UnicodeEncodeError:
        table = pa.Table.from_pylist([_storable(row) for row in rows], schema=schema)
    packed = pa.BufferOutputStream()
    parquet.write_table(table, packed, compression="zstd")
    write_atomically(path, packed.getvalue().to_pybytes())


def _storable(value: Any) -> Any:
    """The value without lone surrogates, which Parquet cannot hold."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {name: _storable(inner) for name, inner in value.items()}
    return [_storable(inner) for inner in value] if isinstance(value, list | tuple) else value


def read_counts(path: Path) -> dict[str, Any]:
    """The counts of a shard's result.

    Raises:
        RunFileError: it cannot be read.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        found: dict[str, Any] = json.loads(parquet.read_schema(path).metadata[COUNTS])
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        raise RunFileError(f"{path} is not the result of a shard, or is damaged", "Remove it and resume.") from None
    return found


def read_results(path: Path, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows of a shard's result, a few at a time.

    Raises:
        RunFileError: it cannot be read.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        for batch in parquet.ParquetFile(path).iter_batches(batch_size=_AT_ONCE, columns=list(columns)):
            yield from batch.to_pylist()
    except (OSError, pa.ArrowException):
        raise RunFileError(f"{path} is not the result of a shard, or is damaged", "Remove it and resume.") from None
