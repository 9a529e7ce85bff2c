"""Archives are read record by record: a damaged one costs itself, and every stretch of a file gives its own records."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from goldspan.data.archives import warc
from goldspan.data.archives.parquet_pages import parquet_pages
from goldspan.data.archives.warc import check_warc, cut_warc, page_of
from goldspan.errors import CorpusError
from goldspan.model import Page
from tests.crawls import page, warc_record

RECORDS = [warc_record(page(n, "word " * 300 * n), f"https://a.example/{n}", n) for n in range(5)]
GOOD = {f"https://a.example/{n}" for n in range(5)}


def pages_of(path: Path, first: int = 0, last: int | None = None) -> list[Page | str | None]:
    return [page_of(cut, path.name) for cut in cut_warc(path, first, last) if cut.may_be_page]


def write(path: Path, records: list[bytes], compressed: bool = True) -> Path:
    file = path / ("a.warc.gz" if compressed else "a.warc")
    file.write_bytes(b"".join(gzip.compress(record) if compressed else record for record in records))
    return file


def longer(record: bytes, by: int) -> bytes:
    """The record with a length that is not its own."""
    return re.sub(rb"Content-Length: (\d+)", lambda m: b"Content-Length: %d" % (int(m[1]) + by), record, count=1)


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("size", [100, 777, 1500, 10**6])
def test_stretches_of_a_file_give_every_record_once(tmp_path: Path, compressed: bool, size: int) -> None:
    file = write(tmp_path, RECORDS, compressed)
    whole = [one.url for one in pages_of(file) if isinstance(one, Page)]
    parts = [pages_of(file, at, at + size) for at in range(0, file.stat().st_size, size)]
    assert [one.url for part in parts for one in part if isinstance(one, Page)] == whole
    assert set(whole) == GOOD


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


POISON = {
    "flipped in the middle": lambda record: flip(gzip.compress(record), 120),
    "flipped in its checksum": lambda record: flip(gzip.compress(record), -6),
    "flipped in its first byte": lambda record: flip(gzip.compress(record), 0),
    "cut short": lambda record: gzip.compress(record)[:150],
    "says it is longer": lambda record: gzip.compress(longer(record, 10**9)),
    "says it is shorter": lambda record: gzip.compress(longer(record, -50)),
    "no record": lambda record: gzip.compress(b"hello" * 100),
    "garbage": lambda record: b"garbage \x1f\x8b\x08 garbage" * 10,
}


@pytest.mark.parametrize("name", POISON)
def test_a_poisoned_record_costs_itself_alone(tmp_path: Path, name: str) -> None:
    packed = [gzip.compress(record) for record in RECORDS]
    file = tmp_path / "a.warc.gz"
    file.write_bytes(b"".join([*packed[:2], POISON[name](RECORDS[2]), *packed[3:]]))
    found = pages_of(file)
    assert {one.url for one in found if isinstance(one, Page)} == GOOD - {"https://a.example/2"}
    assert len([one for one in found if isinstance(one, str)]) == 1


@pytest.mark.parametrize("by", [-50, 50, 10**9])
def test_a_wrong_length_costs_itself_alone_where_nothing_is_compressed(tmp_path: Path, by: int) -> None:
    file = write(tmp_path, [*RECORDS[:2], longer(RECORDS[2], by), *RECORDS[3:]], compressed=False)
    found = pages_of(file)
    assert {one.url for one in found if isinstance(one, Page)} == GOOD - {"https://a.example/2"}
    assert len([one for one in found if isinstance(one, str)]) == 1


def test_a_bomb_is_a_fault_and_takes_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "LARGEST", 2**20)
    file = write(tmp_path, [RECORDS[0], warc_record(b"<p>" + b"0" * 2**23), RECORDS[1]])
    first, bomb, last = pages_of(file)
    assert isinstance(first, Page)
    assert isinstance(last, Page)
    assert bomb == f"it is longer than {2**20} bytes"


def test_contents_are_decoded_unless_they_were_already(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
    packed, plain = warc_record(gzip.compress(b"<p>one"), http=head), warc_record(b"<p>two", http=head)
    broken = warc_record(b"\x1f\x8bthree", http=head)
    found = pages_of(write(tmp_path, [packed, plain, broken]))
    assert [one.data if isinstance(one, Page) else "fault" for one in found] == [b"<p>one", b"<p>two", "fault"]


def test_what_is_no_page_is_left_out(tmp_path: Path) -> None:
    http = b"HTTP/1.1 %s\r\nContent-Type: %s\r\n\r\n"
    others = [
        warc_record(b"x", http=http % (b"404 Not Found", b"text/html")),
        warc_record(b"x", http=http % (b"200 OK", b"image/png")),
        warc_record(b"x", kind="request"),
    ]
    assert [one for one in pages_of(write(tmp_path, others)) if one] == []


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_text("<html>")
    with pytest.raises(CorpusError, match="does not begin as a WARC"):
        check_warc(tmp_path / "a.warc")


def test_parquet_rows_are_pages_whatever_their_column_is_called(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table({"html": ["<p>é", None, "<p>b"], "url": ["https://a.example/", None, None], "n": [1, 2, 3]})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    rows = dict(parquet_pages(tmp_path / "a.parquet"))
    assert rows[0] == Page("a.parquet#0", "<p>é".encode(), "https://a.example/", encoding="utf-8")
    assert rows[1] == "it has no html"
    assert dict(parquet_pages(tmp_path / "a.parquet", 1, 2)).keys() == {2}


def test_a_damaged_row_group_costs_its_own_rows(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    path = tmp_path / "a.parquet"
    table = pa.table({"page": [f"<p>{'word ' * 200}{n}".encode() for n in range(9)]})
    parquet.write_table(table, path, row_group_size=3, compression="none", use_dictionary=False)
    at = parquet.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[at : at + 12] = b"\xff" * 12
    path.write_bytes(data)
    found = dict(parquet_pages(path))
    assert [number for number, one in found.items() if isinstance(one, Page)] == [0, 1, 2, 6, 7, 8]
    assert all(str(found[number]).startswith("its row group is damaged") for number in (3, 4, 5))
