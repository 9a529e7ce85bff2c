"""What a run over a crawl does: its options, and its input cut into shards without reading the pages."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from goldspan.data.archives.parquet_pages import group_sizes, open_pages
from goldspan.data.archives.warc import SUFFIXES, check_warc
from goldspan.errors import GoldspanError, UsageError
from goldspan.model import Limits

PARQUET = ".parquet"
SHARD_MB = 16.0


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done with every shard.

    Attributes:
        systems: the specs from the command line.
        keys: their names and versions; a machine on which one differs takes no part.
        out: the folder of the run, which every machine sees.
        folder: the working directory, which relative names of extractors are looked up in.
        run: a unique name; even this run has another one once it is resumed.
    """

    systems: tuple[str, ...]
    keys: tuple[str, ...]
    limits: Limits
    out: Path
    folder: Path
    run: str


@dataclass(frozen=True, slots=True)
class Shard:
    """A stretch of an input file: bytes of an archive, row groups of a Parquet file; half-open.

    Attributes:
        number: its place in the run; it names the shard's result.
    """

    number: int
    path: Path
    first: int
    last: int

    def result(self, out: Path) -> Path:
        """Where its result is, once it is finished."""
        return out / "shards" / f"{self.number:06d}{PARQUET}"


def check_installed() -> None:
    """
    Raises:
        GoldspanError: a library that crawls need is not installed.
    """
    missing = [name for name in ("fastwarc", "pyarrow", "sklearn") if find_spec(name) is None]
    if missing:
        raise GoldspanError(f"crawls need {' and '.join(missing)}", "Install them: pip install 'goldspan[scale]'")


def find_inputs(given: Sequence[str]) -> tuple[Path, ...]:
    """The input files that are named: files, folders (all archives and Parquet files below), or patterns.

    Raises:
        UsageError: one names nothing, or something else.
        CorpusError: a file is not what its name says.
    """
    found: dict[Path, None] = {}
    for one in given:
        path = Path(one)
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file() and _is_input(file))
        elif path.exists():
            files = [path]
        else:
            files = sorted(map(Path, glob.glob(one, recursive=True)))
        if not files:
            raise UsageError(f"--input {one} names no file", f"Files are {', '.join(SUFFIXES)} or {PARQUET}.")
        found |= dict.fromkeys(file.resolve() for file in files)
    for file in found:
        if not _is_input(file):
            raise UsageError(f"{file} is no input", f"Take files of {', '.join(SUFFIXES)} or {PARQUET}.")
        if file.suffix == PARQUET:
            open_pages(file)
        else:
            check_warc(file)
    return tuple(found)


def _is_input(path: Path) -> bool:
    return path.name.lower().endswith((*SUFFIXES, PARQUET))


def plan(inputs: Sequence[Path], shard_mb: float = SHARD_MB) -> Iterator[Shard]:
    """The shards of some files, in order. The same files and size give the same shards."""
    size = max(1, round(shard_mb * 2**20))
    number = 0
    for path in inputs:
        for first, last in _row_groups(path, size) if path.suffix == PARQUET else _stretches(path, size):
            yield Shard(number, path, first, last)
            number += 1


def _stretches(path: Path, size: int) -> Iterator[tuple[int, int]]:
    whole = path.stat().st_size
    yield from ((first, min(first + size, whole)) for first in range(0, whole, size))


def _row_groups(path: Path, size: int) -> Iterator[tuple[int, int]]:
    first = taken = 0
    sizes = group_sizes(path)
    for number, one in enumerate(sizes):
        taken += one
        if taken >= size or number + 1 == len(sizes):
            yield first, number + 1
            first, taken = number + 1, 0
