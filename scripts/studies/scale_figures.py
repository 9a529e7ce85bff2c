#!/usr/bin/env python3
"""Measure `goldspan crawl` at scale, and with `--write` fill annotations/figures/crawl.md.

--part throughput  pages from WARC through two workers, local and Ray, against two plain processes that read the same
                   files with fastwarc, decode, call the extractor, and keep nothing; by turns
--part long        the memory of the run and its workers, and of the extractors, for a tenth of the pages and for all;
                   a worker is killed (kill -9) in the middle of the long run on Ray: no page may be missing, and the
                   result must be the local run's, apart from times and memory

--pages N          20,000
--turns N          of the throughput; one
--system NAME      trafilatura
--corpus SPEC      whose pages are repeated under new ids; article-extraction-benchmark if it lies beside the checkout
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice, zip_longest
from pathlib import Path
from typing import Any

import psutil
from pyarrow.parquet import ParquetFile

from checkout import AEB, GUIDES, ROOT
from documents import Report, settle
from goldspan.crawl.disagreement import standings
from goldspan.crawl.pairwise_f1 import bag_of, pairs, pairwise_f1, tokens_of
from goldspan.crawl.shard_results import MEASURED
from goldspan.data.corpora import open_corpus
from goldspan.model import Extraction, Page
from goldspan.sandbox.environment import environment
from study import add_action, add_pages, launch, parser_of

GUIDE = GUIDES / "crawl" / "README.md"
WORKERS = 2
SEED = 8
FEW = 20  # pages of a run that does little but start
PLAIN = """
import sys
from fastwarc.warc import ArchiveIterator, WarcRecordType
from goldspan.extractors import PageInput, call, complete, resolve, warm_up
from goldspan.model import Extraction, Page
from goldspan.core.text import decode

extractor = resolve(sys.argv[1])
warm_up(extractor)
done = 0
for path in sys.argv[2:]:
    for record in ArchiveIterator(open(path, "rb"), record_types=WarcRecordType.response, parse_http=True):
        url = record.headers["WARC-Target-URI"]
        page = Page(record.record_id, record.reader.read(), url, record.http_charset)
        given = PageInput(decode(page)[0], b"", url)
        try:
            complete(extractor, given, call(extractor, given))
        except Exception:
            pass
        done += 1
print(done)
"""


def record(page: Page, number: int, chance: random.Random) -> bytes:
    """A page as a WARC record of its own id."""
    charset = f"; charset={page.charset}" if page.charset else ""
    block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html{charset}\r\n\r\n".encode() + page.data
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{uuid.UUID(int=chance.getrandbits(128))}>\r\n"
        f"WARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Target-URI: {page.url or f'https://page{number}.example/'}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", 6)


def write_crawl(folder: Path, corpus: str, count: int) -> list[Path]:
    """So many pages in two archives."""
    opened = open_corpus(corpus)
    pages = [opened.plain(name).page for name in opened.ids]
    chance = random.Random(SEED)
    paths = [folder / f"crawl-{number}.warc.gz" for number in range(WORKERS)]
    folder.mkdir()
    for number, path in enumerate(paths):
        share = count // WORKERS
        with path.open("wb") as file:
            for at, page in enumerate(islice(cycle(pages), number * share, (number + 1) * share)):
                file.write(record(page, at, chance))
    return paths


@dataclass
class Watched:
    """A command's processes while it runs: wall-clock and CPU seconds, and the peaks of their memory, in MB."""

    wall: float = 0.0
    ours: float = 0.0
    extractors: float = 0.0
    cpu_of: dict[int, float] = field(default_factory=dict)
    killed: int | None = None

    @property
    def cpu(self) -> float:
        return sum(self.cpu_of.values())

    def look(self, root: psutil.Process) -> list[psutil.Process]:
        """Take the figures of this moment."""
        memory = {True: 0.0, False: 0.0}
        found = []
        for process in [root, *root.children(recursive=True)]:
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    self.cpu_of[process.pid] = times.user + times.system
                    memory["goldspan.sandbox.python_host" in process.cmdline()] += process.memory_info().rss / 2**20
                found.append(process)
            except psutil.Error:
                continue
        self.ours, self.extractors = max(self.ours, memory[False]), max(self.extractors, memory[True])
        return found


def watch(commands: Sequence[Sequence[str]], out: Path | None = None, kill_at: int = 0) -> Watched:
    """Run commands side by side.

    Args:
        kill_at: when so many results are there, a worker that is at a shard is killed.
    """
    found = Watched()
    given = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"} | {
        "PYTHONPATH": str(ROOT / "benchmark")
    }
    started = time.monotonic()
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for command in commands
    ]
    said: list[bytes] = []
    readers = [threading.Thread(target=lambda p=process: said.append(p.stdout.read())) for process in processes]
    for reader in readers:
        reader.start()
    while any(process.poll() is None for process in processes):
        members = []
        for process in processes:
            try:
                members += found.look(psutil.Process(process.pid))
            except psutil.Error:
                continue
        if kill_at and out and found.killed is None and len(list(out.glob("shards/*.parquet"))) >= kill_at:
            at_work = [one for one in members if "goldspan.sandbox.python_host" in " ".join(_words(one))]
            if at_work:
                found.killed = at_work[0].ppid()
                os.kill(found.killed, signal.SIGKILL)
        time.sleep(1)
    found.wall = time.monotonic() - started
    for reader in readers:
        reader.join()
    if any(process.returncode for process in processes):
        raise SystemExit(f"a command failed:\n{b''.join(said).decode('utf-8', 'replace')}")
    return found


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def plain(system: str, paths: Sequence[Path]) -> Watched:
    return watch([[sys.executable, "-c", PLAIN, system, str(path)] for path in paths])


def crawl(system: str, paths: Sequence[Path], out: Path, engine: str, kill_at: int = 0) -> Watched:
    words = [sys.executable, "-c", "from goldspan.cli import main; main()", "crawl", system, "--out", str(out)]
    words += [word for path in paths for word in ("--input", str(path))]
    return watch([[*words, "--engine", engine, "--workers", str(WORKERS)]], out, kill_at)


def rows(out: Path) -> Iterator[dict[str, Any]]:
    """The results without what differs from run to run."""
    for path in sorted((out / "shards").glob("*.parquet")):
        for batch in ParquetFile(path).iter_batches(batch_size=64):
            for row in batch.to_pylist():
                for answer in row["answers"]:
                    for name in MEASURED:
                        del answer[name]
                yield row


def compare(first: Path, second: Path) -> tuple[int, int, int]:
    """The pages of the second run, how many of them failed, and how many rows differ from the first run's."""
    pages = failed = different = 0
    for one, other in zip_longest(rows(first), rows(second)):
        different += one != other
        if other is not None:
            pages += 1
            failed += other["answers"][0]["status"] not in ("ok", "empty")
    return pages, failed, different


def report(name: str, count: int, found: Watched) -> None:
    print(
        f"{name}, {count} pages: {found.wall:.1f} s, {found.cpu:.1f} CPU s, {found.ours:.0f} MB of ours, "
        f"{found.extractors:.0f} MB of extractors",
        file=sys.stderr,
    )


def throughput(options: argparse.Namespace, scratch: Path) -> tuple[str, str]:
    """By turns plainly, locally and on Ray: pages a second and CPU time against the plain way; starting apart, which
    is measured on a handful of pages."""
    runs: dict[tuple[str, int], list[Watched]] = {}
    for count in (FEW, options.pages):
        paths = write_crawl(scratch / str(count), options.corpus, count)
        for turn in range(options.turns):
            for way in LABELS:
                out = scratch / f"{way}-{count}-{turn}"
                found = plain(options.system, paths) if way == "plain" else crawl(options.system, paths, out, way)
                runs.setdefault((way, count), []).append(found)
                report(way, count, found)
    lines = [
        "| | Start s | Pages/s | of plain | CPU ms a page | by plain's |",
        "| :-- | --: | --: | --: | --: | --: |",
    ]
    more = options.pages - FEW

    def net(way: str, figure: str) -> list[float]:
        both = zip(runs[way, FEW], runs[way, options.pages], strict=True)
        return [(getattr(large, figure) - getattr(small, figure)) / more for small, large in both]

    speeds = {}
    for way, label in LABELS.items():
        wall, cpu = net(way, "wall"), net(way, "cpu")
        speeds[way] = statistics.median(one / other for one, other in zip(net("plain", "wall"), wall, strict=True))
        work = statistics.median(other / one for one, other in zip(net("plain", "cpu"), cpu, strict=True))
        start = statistics.median(one.wall for one in runs[way, FEW])
        rate, ms = 1 / statistics.median(wall), 1000 * statistics.median(cpu)
        lines.append(f"| {label} | {start:.1f} | {rate:.1f} | {speeds[way]:.2f} | {ms:.1f} | {work:.2f} |")
    turns = "once each" if options.turns == 1 else f"{options.turns} times each, medians"
    busy = f"{os.getloadavg()[2]:.0f} processes wanted to run on average while it was measured"
    headline = (
        f"Of the pages a second of two plain processes, `--engine local` does {speeds['local']:.2f} and `--engine ray` "
        f"{speeds['ray']:.2f}."
    )
    return headline, (
        "\n".join(lines)
        + f"\n\n{options.pages:,} pages, {turns}, by turns; {busy}. The figures a page leave out what the "
        f"first {FEW} pages take. {circumstances(options)}"
    )


def long(options: argparse.Namespace, scratch: Path) -> tuple[str, str]:
    """Locally and on Ray, a tenth of the pages and all of them; a worker of the long Ray run is killed in mid-run."""
    lines = ["| | Pages | Our MB | Extractors' MB |", "| :-- | --: | --: | --: |"]
    ours = {}
    for count in (options.pages // 10, options.pages):
        paths = write_crawl(scratch / str(count), options.corpus, count)
        shards = sum(-(-path.stat().st_size // (16 * 2**20)) for path in paths)
        for way in ("local", "ray"):
            kill = shards // 2 if (way, count) == ("ray", options.pages) else 0
            found = crawl(options.system, paths, scratch / f"{way}-{count}", way, kill)
            if kill and found.killed is None:
                raise SystemExit("no worker was killed: the run was over too soon")
            report(way, count, found)
            ours[way] = found.ours
            lines.append(f"| {LABELS[way]} | {count:,} | {found.ours:.0f} | {found.extractors:.0f} |")
    pages, failed, different = compare(scratch / f"local-{options.pages}", scratch / f"ray-{options.pages}")
    headline = (
        f"For {options.pages:,} pages the run with its workers took {ours['local']:.0f} MB locally and "
        f"{ours['ray']:.0f} MB on Ray; when a worker was killed, {options.pages - pages:,} pages were lost."
    )
    return headline, "\n".join(lines) + (
        f"\n\nA worker of the long run on Ray was killed in its middle. Its result has {pages:,} of {options.pages:,} "
        f"pages, {failed} failed, and {different} rows differ from the local run's. {circumstances(options)}"
    )


def hint(options: argparse.Namespace, scratch: Path) -> tuple[str, str]:
    """Whether agreement without gold ranks the outputs that article-extraction-benchmark publishes as gold does."""
    from scipy.stats import kendalltau

    truth = json.loads((AEB / "ground-truth.json").read_text(encoding="utf-8"))
    outputs = {}
    for path in sorted((AEB / "output").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        outputs[path.stem] = data.get("output", data)
    count = len(outputs)
    alike, right = [0.0] * len(pairs(count)), [0.0] * count
    for page, gold in truth.items():
        said = [bag_of(tokens_of(Extraction(output[page]["articleBody"] or ""))) for output in outputs.values()]
        alike = [total + (value or 0.0) for total, value in zip(alike, pairwise_f1(said), strict=True)]
        wanted = bag_of(tokens_of(Extraction(gold["articleBody"])))
        right = [total + (pairwise_f1([wanted, bag])[0] or 0.0) for total, bag in zip(right, said, strict=True)]
    agreement = standings([total / len(truth) for total in alike], count)
    order = sorted(range(count), key=lambda number: -agreement[number])
    names = list(outputs)
    lines = ["| | Agreement with the others | Token F1 with the gold |", "| :-- | --: | --: |"]
    lines += [f"| {names[i]} | {agreement[i]:.3f} | {right[i] / len(truth):.3f} |" for i in order]
    tau = kendalltau(agreement, right).statistic
    headline = f"Kendall's tau of the order by agreement and the order by gold: {tau:.2f}, over {len(truth)} pages."
    return headline, "\n".join(lines)


def circumstances(options: argparse.Namespace) -> str:
    facts = environment()
    return (
        f"`{options.system}`, pages of `{options.corpus.partition(':')[0]}`, {WORKERS} workers; "
        f"Python {facts['python']}, {facts['platform']}, {facts['cores']} cores."
    )


PARTS: Mapping[str, Callable[[argparse.Namespace, Path], tuple[str, str]]] = {
    "throughput": throughput,
    "long": long,
    "hint": hint,
}
LABELS = {"plain": "two plain processes", "local": "`--engine local`", "ray": "`--engine ray`"}


def main() -> int:
    parser = parser_of(__doc__)
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--system", default="trafilatura")
    add_pages(parser)
    add_action(parser)
    options = parser.parse_args()
    for part in options.part or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            headline, tables = PARTS[part](options, Path(folder))
        settle(Report("crawl.md", part, GUIDE).parts(headline, tables), options.action)
    return 0


if __name__ == "__main__":
    launch(main)
