"""The pages of a WARC file, or of a stretch of it, whatever else is in it.

An archive is cut into records here, and each record is parsed by itself (fastwarc), so that a damaged one costs nothing
but itself: reading goes on at the next place where a record begins. Because of that a stretch can begin anywhere: its
records are those that begin in it. Compressed archives must be compressed record by record, as the standard asks.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from goldspan.errors import CorpusError
from goldspan.model import Page

LARGEST = 64 * 2**20  # bytes of a record, unpacked; what is longer is no page
SUFFIXES = (".warc", ".warc.gz", ".wet", ".wet.gz")

_HTML = ("text/html", "application/xhtml+xml")
_BLOCK = 1 << 16
_SCAN = 1 << 20
_GZIP = b"\x1f\x8b\x08"
_HEAD = 1 << 16  # bytes that a record's own header may have
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*(?=\r\n|$)", re.IGNORECASE)
_MAY_BE_PAGE = re.compile(rb"\r\nwarc-type:[ \t]*(?:response|resource|conversion)[ \t]*(?=\r\n|$)", re.IGNORECASE)
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Cut:
    """A record as it was cut out of an archive, not looked into yet.

    Attributes:
        offset: where it begins in the file; for a compressed one, where its member does.
        data: its bytes, unpacked; if it is longer than :data:`LARGEST`, only the first of them.
        fault: why it is no whole record.
    """

    offset: int
    data: bytes
    fault: str | None = None

    @property
    def may_be_page(self) -> bool:
        """Whether it is of a type that pages are kept as; it may be if its type cannot be told."""
        return not self.data or bool(_MAY_BE_PAGE.search(self.data, 0, _HEAD))


def cut_warc(path: Path, first: int = 0, last: int | None = None) -> Iterator[Cut]:
    """The records of an archive that begin in a stretch of it.

    Args:
        first: the stretch's first byte.
        last: the byte after it; the file's end if None.

    Raises:
        CorpusError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            end = size if last is None else min(last, size)
            cut = _cut_members if path.name.lower().endswith(".gz") else _cut_plain
            yield from cut(file, first, end)
    except OSError as fault:
        raise CorpusError(f"{path} cannot be read: {fault.strerror or fault}", "Check the file and its disk.") from None


def _cut_members(file: BinaryIO, first: int, end: int) -> Iterator[Cut]:
    at = _find(file, _GZIP, _begins_member, first, end) if first else 0
    while at is not None and at < end:
        try:
            data, after = _unpack(file, at)
        except (zlib.error, EOFError) as fault:
            yield Cut(at, b"", f"its compressed data is damaged ({fault})")
            at = _find(file, _GZIP, _begins_member, at + 1, end)
            continue
        inside = _cut_plain(io.BytesIO(data), 0, len(data)) if len(data) < LARGEST else iter([Cut(0, data)])
        yield from (replace(one, offset=at) for one in inside)
        at = after


def _unpack(file: BinaryIO, at: int) -> tuple[bytes, int]:
    """The content of the gzip member at an offset, as far as it is kept, and where the member ends."""
    file.seek(at)
    unpacker, pieces, size, read = zlib.decompressobj(31), [], 0, 0
    while not unpacker.eof:
        block = unpacker.unconsumed_tail
        if not block:
            block = file.read(_BLOCK)
            read += len(block)
        if not block:
            raise EOFError("the file ends in it")
        piece = unpacker.decompress(block, _SCAN)
        if size < LARGEST:
            pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)[:LARGEST], at + read - len(unpacker.unused_data)


def _begins_member(data: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data, 8).startswith(b"WARC/")
    except zlib.error:
        return False


def _cut_plain(file: BinaryIO, first: int, end: int) -> Iterator[Cut]:
    at: int | None = first if not first or _begins_record(file, first) else _next_record(file, first, end)
    while at is not None and at < end:
        file.seek(at)
        head = file.read(_HEAD)
        stop = head.find(b"\r\n\r\n")
        length = _LENGTH.search(head, 0, stop) if head.startswith(b"WARC/") and stop > 0 else None
        if length is None:
            yield Cut(at, b"", "it does not begin as a record does")
            at = _next_record(file, at + 1, end)
            continue
        size = stop + 4 + int(length[1])
        file.seek(at)
        data = file.read(min(size, LARGEST))
        fault = None if len(data) == min(size, LARGEST) else "it is cut short"
        file.seek(at + size)
        after = file.read(9)
        if after.startswith(b"\r\n\r\n"):
            after, size = after[4:], size + 4
        if fault or (after and not b"WARC/".startswith(after[:5])):
            yield Cut(at, data[:stop], fault or "it is longer or shorter than it says")
            at = _next_record(file, at + stop, end)
        else:
            yield Cut(at, data)
            at += size


def _begins_record(file: BinaryIO, at: int) -> bool:
    file.seek(at - 4)
    return file.read(9) == b"\r\n\r\nWARC/"


def _next_record(file: BinaryIO, start: int, end: int) -> int | None:
    found = _find(file, b"\r\n\r\nWARC/", lambda data: True, max(0, start - 4), end)
    return None if found is None or found + 4 >= end else found + 4


def _find(file: BinaryIO, mark: bytes, holds: Callable[[bytes], bool], start: int, end: int) -> int | None:
    """The first place from start on, before end, that bears a mark and holds."""
    while start < end:
        file.seek(start)
        data = file.read(_SCAN + _BLOCK)
        at = data.find(mark)
        while 0 <= at < min(_SCAN, end - start):
            if holds(data[at : at + _BLOCK]):
                return start + at
            at = data.find(mark, at + 1)
        if len(data) < _SCAN:
            return None
        start += _SCAN
    return None


def page_of(cut: Cut, name: str) -> Page | str | None:
    """The page that a record holds: a successful response with HTML or plain text, or a conversion.

    Args:
        name: the archive's, for records that have no id of their own.

    Returns:
        The page; or what is wrong with it; or None if the record is something else.
    """
    if cut.fault:
        return cut.fault
    try:
        return _parsed(cut, name, "all")
    except (OSError, ValueError) as fault:
        # Some archives keep pages unpacked, under headers that say otherwise.
        try:
            page = _parsed(cut, name, "none")
        except (OSError, ValueError):
            page = None
        if isinstance(page, Page) and page.data.lstrip()[:1] == b"<":
            return page
        return " ".join(f"it cannot be read ({fault})".split())[:_SHOWN]


def _parsed(cut: Cut, name: str, decode: Literal["all", "none"]) -> Page | str | None:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    for record in ArchiveIterator(
        io.BytesIO(cut.data), record_types=kinds, parse_http=True, auto_decode=decode, stream_detect=False
    ):
        http = record.http_headers
        media = (record.http_content_type or record.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        served = http is None or http.status_code == 200
        if not served or media not in (*_HTML, "text/plain"):
            return None
        data = _read(record.reader.read, len(cut.data))
        if len(data) > LARGEST or len(cut.data) == LARGEST:
            return f"it is longer than {LARGEST} bytes"
        return Page(
            (record.record_id or "").strip("<>").removeprefix("urn:uuid:") or f"{name}#{cut.offset}",
            data,
            record.headers.get("WARC-Target-URI"),
            record.http_charset if http is not None else None,
            media="html" if media in _HTML else "text",
        )
    return None


def _read(read: Callable[[int], bytes], likely: int) -> bytes:
    """What a record holds, up to a byte more than :data:`LARGEST`. fastwarc makes room for all that it is asked for, so
    it is asked for no more than is likely to be there, and for the rest only if there is one.

    Args:
        likely: how long it is unless it has to be unpacked.
    """
    pieces: list[bytes] = []
    size, ask = 0, max(likely, 1)
    while size <= LARGEST and (piece := read(min(ask, LARGEST + 1 - size))):
        pieces.append(piece)
        size, ask = size + len(piece), _SCAN
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def check_warc(path: Path) -> None:
    """Hold the beginning of a file against what an archive begins with.

    Raises:
        CorpusError: it cannot be read, or is none.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_BLOCK)
    except OSError as fault:
        raise CorpusError(f"{path} cannot be read: {fault.strerror or fault}", "Check its name.") from None
    if not head.startswith(b"WARC/") and not _begins_member(head):
        raise CorpusError(f"{path} does not begin as a WARC file does", "Take it out of --input, or fetch it again.")
