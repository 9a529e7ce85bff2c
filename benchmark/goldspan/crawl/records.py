"""The records of a shard, one at a time: where each one is, and how to read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from goldspan.crawl.shard_plan import PARQUET, Shard
from goldspan.data.archives.parquet_pages import parquet_pages
from goldspan.data.archives.warc import cut_warc, page_of
from goldspan.model import Page


@dataclass(frozen=True, slots=True)
class Record:
    """A record of an input file that may hold a page.

    Attributes:
        number: its place in the shard.
        place: its offset in an archive, its row in a Parquet file.
        open: gives the page, or what is wrong with it, or None if it is something else. Other people's parsers do
            the work: this may end the process.
    """

    number: int
    place: int
    open: Callable[[], Page | str | None]


def records_of(shard: Shard) -> Iterator[Record]:
    """The records of a shard that may hold a page.

    Raises:
        CorpusError: its file cannot be read.
    """
    if shard.path.suffix == PARQUET:
        for number, (row, page) in enumerate(parquet_pages(shard.path, shard.first, shard.last)):
            yield Record(number, row, partial(_given, page))
        return
    for number, cut in enumerate(cut_warc(shard.path, shard.first, shard.last)):
        if cut.may_be_page:
            yield Record(number, cut.offset, partial(page_of, cut, shard.path.name))


def _given(page: Page | str) -> Page | str:
    return page
