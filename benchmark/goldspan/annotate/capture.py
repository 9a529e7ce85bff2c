"""Pages from files: saved HTML, plain text, MHTML of a browser, records of a WARC."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from goldspan.data.files import read_bytes
from goldspan.errors import CorpusError, UsageError
from goldspan.model import Media

_HTML = ("text/html", "application/xhtml+xml")
_LISTED = 5  # records of a WARC that a message names


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as it was served.

    Attributes:
        charset: what the HTTP header said.
        captured: when it was served, as ISO 8601, if that is known.
    """

    data: bytes
    url: str | None = None
    charset: str | None = None
    media: Media = "html"
    captured: str | None = None


def now() -> str:
    """The moment, as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_capture(path: Path, url: str | None = None) -> Capture:
    """The page that a file holds; its name and its first bytes tell the format.

    Args:
        url: the page's address; in a WARC, the record to take.

    Raises:
        CorpusError: it cannot be read, or holds no page.
        UsageError: a WARC holds several pages and none, or an unknown one, is named.
    """
    names = path.name.lower()
    if names.endswith((".warc", ".warc.gz")):
        return _read_warc(path, url)
    data = read_bytes(path)
    if not data.strip():
        raise CorpusError(f"{path} is empty", "Save the page again.")
    if names.endswith((".mht", ".mhtml", ".eml")):
        found = _read_mhtml(data, path)
    elif names.endswith((".txt", ".text", ".wet")):
        found = Capture(data, media="text")
    else:
        found = Capture(data)
    return replace(found, url=url or found.url)


def _read_mhtml(data: bytes, path: Path) -> Capture:
    """The root page of a MIME archive, which is its first HTML part, with the address and date of the snapshot."""
    whole = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(whole, EmailMessage)
    for part in whole.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() in _HTML and isinstance(payload, bytes) and payload.strip():
            url = whole.get("Snapshot-Content-Location") or part.get("Content-Location")
            return Capture(payload, str(url) if url else None, part.get_content_charset(), "html", _date(whole))
    raise CorpusError(f"{path} is no MHTML file with a page in it", "Save the page again as a single file.")


def _date(message: Message) -> str | None:
    try:
        return parsedate_to_datetime(str(message["Date"])).isoformat() if message["Date"] else None
    except ValueError:
        return None


def _read_warc(path: Path, url: str | None) -> Capture:
    try:
        # An unfinished archive ends in an error; everything before it is good.
        pages = [page for page in _warc_pages(path) if url is None or page.url == url]
    except (OSError, ValueError, RuntimeError) as fault:
        raise CorpusError(f"{path} cannot be read as WARC: {fault}", "Fetch it again.") from None
    if len(pages) == 1 or (url and pages):
        return pages[0]
    if not pages:
        which = f"no page {url}" if url else "no page that was served with success"
        raise UsageError(f"{path} holds {which}", "Name another record with --url.")
    names = ", ".join(str(page.url) for page in pages[:_LISTED])
    raise UsageError(f"{path} holds {len(pages)} pages", f"Name one with --url: {names}{' …' * (len(pages) > _LISTED)}")


def _warc_pages(path: Path) -> Iterator[Capture]:
    """The pages of a WARC: successful responses with HTML, and conversions to plain text."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=kinds, parse_http=True):
            http = record.http_headers
            media = (record.http_content_type or record.headers.get("Content-Type") or "").partition(";")[0].strip()
            served = http is None or http.status_code == 200
            if not served or media.lower() not in (*_HTML, "text/plain"):
                continue
            yield Capture(
                record.reader.read(),
                record.headers.get("WARC-Target-URI"),
                record.http_charset if http is not None else None,
                "html" if media.lower() in _HTML else "text",
                record.record_date.isoformat() if record.record_date else None,
            )
