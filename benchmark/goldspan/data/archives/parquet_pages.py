"""The pages of a Parquet file, in whatever columns a crawl keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldspan.errors import CorpusError
from goldspan.model import Page

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

CONTENT = ("page", "html", "content")
"""The columns that a page's bytes or characters are taken from: the first one that is there."""

_FACTS = ("id", "url", "charset", "encoding", "media")
_AT_ONCE = 16  # rows held in memory


def open_pages(path: Path) -> ParquetFile:
    """A Parquet file that holds pages.

    Raises:
        CorpusError: it cannot be read, or has no column of pages.
    """
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        file = ParquetFile(path)
    except (OSError, pyarrow.ArrowException) as fault:
        raise CorpusError(f"{path} cannot be read as Parquet: {_line(fault)}", "Fetch it again.") from None
    kinds = {field.name: str(field.type) for field in file.schema_arrow}
    content = next((name for name in CONTENT if name in kinds), None)
    if content is None or kinds[content].removeprefix("large_") not in ("binary", "string"):
        raise CorpusError(
            f"{path} has no pages in a column of bytes or text called {', '.join(CONTENT[:-1])} or {CONTENT[-1]}",
            f"Its columns are {', '.join(kinds)}: rename one.",
        )
    return file


def group_sizes(path: Path) -> list[int]:
    """The bytes of each row group, compressed."""
    meta = open_pages(path).metadata
    groups = (meta.row_group(number) for number in range(meta.num_row_groups))
    return [sum(group.column(number).total_compressed_size for number in range(group.num_columns)) for group in groups]


def parquet_pages(path: Path, first: int = 0, last: int | None = None) -> Iterator[tuple[int, Page | str]]:
    """The rows of some row groups: the number of each in the file, and its page or what is wrong with it.

    Args:
        first: the first row group.
        last: the one after the last.
    """
    import pyarrow

    file = open_pages(path)
    names = set(file.schema_arrow.names)
    content = next(name for name in CONTENT if name in names)
    columns = [content, *(name for name in _FACTS if name in names)]
    groups = range(file.num_row_groups)
    row = sum(file.metadata.row_group(number).num_rows for number in groups[:first])
    for number in groups[first:last]:
        end = row + file.metadata.row_group(number).num_rows
        try:
            for batch in file.iter_batches(batch_size=_AT_ONCE, row_groups=[number], columns=columns):
                for found in batch.to_pylist():
                    yield row, _page(found, content, f"{path.name}#{row}")
                    row += 1
        except (OSError, pyarrow.ArrowException) as fault:
            # What a damaged group holds cannot be read on: each of its pages is told by itself, so that none is lost.
            yield from ((at, f"its row group is damaged ({_line(fault)})") for at in range(row, end))
        row = end


def _page(row: Mapping[str, Any], content: str, name: str) -> Page | str:
    data = row[content]
    if data is None:
        return f"it has no {content}"
    given = {fact: row.get(fact) for fact in _FACTS}
    if isinstance(data, str):
        data, given["encoding"] = data.encode("utf-8", "replace"), "utf-8"
    return Page(
        str(given["id"] or name),
        data,
        given["url"] and str(given["url"]),
        given["charset"],
        given["encoding"],
        "text" if given["media"] == "text" else "html",
    )


def _line(fault: Exception) -> str:
    return " ".join(str(fault).split())[:200]
