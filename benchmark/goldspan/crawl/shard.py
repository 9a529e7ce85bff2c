"""One shard, from its input file to its result: what every engine maps."""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goldspan.crawl.checkpoint import TRIES, Checkpoint, StartedPage
from goldspan.crawl.pairwise_f1 import Bag, bag_of, pairwise_f1, tokens_of
from goldspan.crawl.records import Record, records_of
from goldspan.crawl.shard_plan import Order, Shard
from goldspan.crawl.shard_results import read_counts, result_row, write_results
from goldspan.crawl.summary import Summary, summary_from_json
from goldspan.errors import ExtractorError, GoldspanError
from goldspan.model import Limits, Page, Prediction
from goldspan.sandbox.memory import return_freed_memory
from goldspan.sandbox.runner import Run

_runs: dict[tuple[str, Limits], Run] = {}  # this process's extractors, kept from shard to shard


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a shard.

    Attributes:
        summary: what was counted; None if it failed.
        fresh: whether it was done now, not before.
        fault: why it failed.
    """

    number: int
    summary: Summary | None
    fresh: bool = True
    fault: str | None = None


def attempt(order: Order, shard: Shard) -> Outcome:
    """Do a shard; a fault that concerns it alone becomes its outcome."""
    finished = shard.result(order.out)
    try:
        if finished.exists():
            return Outcome(shard.number, summary_from_json(read_counts(finished)), fresh=False)
        return Outcome(shard.number, process_shard(order, shard))
    except GoldspanError as fault:
        end_runs()  # what they were doing is no longer known
        return Outcome(shard.number, None, fault=f"{shard.path.name} from {shard.first}: {fault}")


def process_shard(order: Order, shard: Shard) -> Summary:
    """Run every system over the pages of a shard, and write its result. It depends only on these two, and on what a
    lost worker has left.

    Raises:
        GoldspanError: the input cannot be read, an extractor not be started, or the result not be written.
    """
    started = time.monotonic()
    path = shard.result(order.out)
    with Checkpoint(path.with_suffix(".journal"), order.run) as checkpoint:
        work = _Work(checkpoint, shard, compared=len(order.systems) > 1)
        for system in range(len(order.systems)):
            work.ask(system, _run_of(order, system))
        rows, summary = work.results(order.keys)
        summary.worker_seconds = round(time.monotonic() - started, 3)
        write_results(path, rows, summary.to_json())
        checkpoint.path.unlink()
    return summary


def _run_of(order: Order, system: int) -> Run:
    spec, key = order.systems[system], order.keys[system]
    run = _runs.get((spec, order.limits))
    if run is None:
        run = _runs[spec, order.limits] = Run(spec, order.limits)
        return_freed_memory()
        gc.collect()
        gc.freeze()  # imported modules stay: the collector need not scan them again every few pages
    found = run.started.system.key
    if found != key:
        raise ExtractorError(f"{spec} is {found} here, and {key} in this run", "Install the same on every machine.")
    return run


def end_runs() -> None:
    """End the extractors that this process keeps."""
    while _runs:
        _runs.popitem()[1].__exit__()


class _Work:
    """A shard in the making.

    Attributes:
        lengths: tokens of the outputs, by the system's number and the record's.
        bags: the tokens themselves, if there is anything to compare them with.
    """

    def __init__(self, checkpoint: Checkpoint, shard: Shard, compared: bool) -> None:
        self.checkpoint = checkpoint
        self.shard = shard
        self.compared = compared
        self.lengths: dict[tuple[int, int], int] = {}
        self.bags: dict[tuple[int, int], Bag] = {}

    def ask(self, system: int, run: Run) -> None:
        """Get a system's answers for all records that it has not answered yet. Records that were in flight when a
        worker was lost are run alone, so that nothing else is lost with them."""
        checkpoint = self.checkpoint
        records: deque[Record] = deque(maxlen=1)
        source = (record for record in records_of(self.shard) if self._is_open(system, record))

        def ahead() -> Record | None:
            if not records:
                records.extend(one for one in [next(source, None)] if one)
            return records[0] if records else None

        def pages() -> Iterator[tuple[str, Page]]:
            first = True
            while (record := ahead()) is not None:
                alone = (system, record.number) in checkpoint.suspect
                if alone and not first:
                    return
                records.clear()
                page = self._open(system, record)
                if page is not None:
                    yield str(record.number), page
                if alone:
                    return
                first = False

        while ahead() is not None:
            for prediction in run.stream(pages()):
                number = int(prediction.id)
                self._count(system, number, prediction)
                checkpoint.answer(system, number, prediction)
        for (asked, number), prediction in checkpoint.answers.items():
            if asked == system and (asked, number) not in self.lengths:
                self._count(asked, number, prediction)

    def _is_open(self, system: int, record: Record) -> bool:
        """Whether a system is still to do a record; one that was lost too often is given up."""
        checkpoint, number = self.checkpoint, record.number
        started = checkpoint.started.get(number)
        if number in checkpoint.skipped or (started and started.fault) or (system, number) in checkpoint.answers:
            return False
        if checkpoint.lost[system, number] < TRIES:
            return True
        if started is None:
            checkpoint.hold(
                number, StartedPage(record.place, fault=f"the worker was lost {TRIES} times as it was read")
            )
        else:
            fault = f"the worker was lost {TRIES} times with this page in flight"
            checkpoint.answer(system, number, Prediction("", str(number), "crash", error=fault))
        return False

    def _open(self, system: int, record: Record) -> Page | None:
        """Read a record; the checkpoint is written before and after."""
        checkpoint, number = self.checkpoint, record.number
        checkpoint.take(system, number)
        page = record.open()
        if page is None:
            checkpoint.skip(number)
            return None
        if isinstance(page, str):
            checkpoint.hold(number, StartedPage(record.place, fault=page))
            return None
        checkpoint.hold(number, StartedPage(record.place, page.id, page.url, len(page.data)))
        return page

    def _count(self, system: int, number: int, prediction: Prediction) -> None:
        if prediction.extraction is not None:
            tokens = tokens_of(prediction.extraction)
            self.lengths[system, number] = len(tokens)
            if self.compared:
                self.bags[system, number] = bag_of(tokens)

    def results(self, keys: Sequence[str]) -> tuple[list[dict[str, Any]], Summary]:
        """The rows of the result, in the order of the records, and what is counted of them."""
        summary = Summary(tuple(keys))
        rows = []
        for number, started in sorted(self.checkpoint.started.items()):
            source = self.shard.path.name
            row: dict[str, Any] = {
                "id": started.id or f"{source}#{started.place}", "url": started.url, "source": source,
                "place": started.place, "size": started.size, "fault": started.fault,
            }  # fmt: skip
            if started.fault:
                summary.damaged += 1
                rows.append({**row, "answers": [], "agreement": []})
                continue
            bags = [self.bags.get((system, number)) for system in range(len(keys))]
            answers = [self.checkpoint.answers[system, number] for system in range(len(keys))]
            alike = pairwise_f1(bags)
            summary.pages += 1
            summary.size += started.size
            summary.add_likenesses(alike)
            for system, (key, answer) in enumerate(zip(keys, answers, strict=True)):
                summary.tallies[key].add(answer, self.lengths.get((system, number), 0))
            hashes = [answer.page_sha256 for answer in answers if answer.page_sha256]
            row |= {"page_sha256": hashes[0] if hashes else None, "agreement": alike}
            said = [{**result_row(answer), "system": key} for key, answer in zip(keys, answers, strict=True)]
            rows.append({**row, "answers": said})
        return rows, summary


def result_paths(out: Path) -> list[Path]:
    """The results of the shards that are finished, in order."""
    return sorted((out / "shards").glob("*.parquet"))
