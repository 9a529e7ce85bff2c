"""Small crawls that several tests build, and the results of runs over them."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from goldspan.crawl.shard_results import MEASURED

EXTRACTOR = """
import os, re, signal, time
from pathlib import Path
HERE = Path(__file__).parent

def extract(html, url):
    if "ABORT" in html:
        os.abort()
    if "KILL ALWAYS" in html or ("KILL ONCE" in html and not (HERE / "killed").exists()):
        (HERE / "killed").touch()
        os.kill(os.getppid(), signal.SIGKILL)  # the worker of its shard
        time.sleep(5)
    if "SLOW" in html:
        time.sleep(0.15)
    return "\\n".join(re.findall(r"<p>(.*?)</p>", html))
"""


def page(number: int, extra: str = "") -> str:
    return f"<!DOCTYPE html><title>{number}</title><nav>Home</nav><p>Story {number} of the valley.</p><p>{extra}</p>"


def warc_record(
    html: str | bytes, url: str = "https://a.example/1", number: int = 0, http: bytes = b"", kind: str = "response"
) -> bytes:
    """A record as it stands in an archive that is not compressed."""
    data = html.encode() if isinstance(html, str) else html
    block = (http or b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n") + data
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{uuid.UUID(int=number)}>\r\n"
        f"WARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Target-URI: {url}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def write_warc(path: Path, pages: Sequence[str]) -> Path:
    """An archive of pages, compressed record by record, with a request between each two as crawlers keep them."""
    records = []
    for number, html in enumerate(pages):
        url = f"https://site{number % 7}.example/{number}"
        records.append(gzip.compress(warc_record(html, url, number)))
        records.append(gzip.compress(warc_record("", url, 10**6 + number, b"GET / HTTP/1.1\r\n\r\n", "request")))
    path.write_bytes(b"".join(records))
    return path


def write_extractor(folder: Path) -> Path:
    path = folder / "mine.py"
    path.write_text(EXTRACTOR, encoding="utf-8")
    return path


def results(out: Path) -> list[dict[str, Any]]:
    """The rows of a run's results, without what differs from run to run."""
    from pyarrow.parquet import read_table

    rows = [row for path in sorted((out / "shards").glob("*.parquet")) for row in read_table(path).to_pylist()]
    for row in rows:
        for answer in row["answers"]:
            for name in MEASURED:
                del answer[name]
    return rows


def statuses(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What became of each page, by its number in the crawl, for runs of one system."""
    return {
        str(uuid.UUID(row["id"]).int): row["answers"][0]["status"] for row in rows if row["answers"]
    }  # fmt: skip
