"""One shard, from its input file to its result: what every engine maps."""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.errors import ExtractorError, GoldspanError
from benchmark.model import Page, Prediction
from benchmark.run.loop import Run
from benchmark.run.memory import keep_little
from benchmark.run.scale.journal import TRIES, Held, Journal
from benchmark.run.scale.likeness import Bag, bag_of, likenesses, tokens_of
from benchmark.run.scale.plan import Order, Shard
from benchmark.run.scale.records import Record, records_of
from benchmark.run.scale.summary import Summary, summary_from_json
from benchmark.run.worker import Limits
from benchmark.store.answers import answer_row, read_counts, write_answers

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
    """Do a shard; a fault that only concerns it becomes its outcome."""
    finished = shard.result(order.out)
    try:
        if finished.exists():
            return Outcome(shard.number, summary_from_json(read_counts(finished)), fresh=False)
        return Outcome(shard.number, process_shard(order, shard))
    except GoldspanError as fault:
        end_runs()  # what they were at is not known any more
        return Outcome(shard.number, None, fault=f"{shard.path.name} from {shard.first}: {fault}")


def process_shard(order: Order, shard: Shard) -> Summary:
    """Run every system over the pages of a shard, and write its result. Depends on nothing but the two, and on what a
    lost worker left of it.

    Raises:
        GoldspanError: the input cannot be read, an extractor not be started, or the result not be written.
    """
    started = time.monotonic()
    path = shard.result(order.out)
    with Journal(path.with_suffix(".journal"), order.run) as journal:
        work = _Work(journal, shard, compared=len(order.systems) > 1)
        for system in range(len(order.systems)):
            work.ask(system, _run_of(order, system))
        rows, summary = work.results(order.keys)
        summary.worker_seconds = round(time.monotonic() - started, 3)
        write_answers(path, rows, summary.to_json())
        journal.path.unlink()
    return summary


def _run_of(order: Order, system: int) -> Run:
    spec, key = order.systems[system], order.keys[system]
    run = _runs.get((spec, order.limits))
    if run is None:
        run = _runs[spec, order.limits] = Run(spec, order.limits)
        keep_little()
        gc.collect()
        gc.freeze()  # what is imported stays: it need not be looked through with every few pages
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

    def __init__(self, journal: Journal, shard: Shard, compared: bool) -> None:
        self.journal = journal
        self.shard = shard
        self.compared = compared
        self.lengths: dict[tuple[int, int], int] = {}
        self.bags: dict[tuple[int, int], Bag] = {}

    def ask(self, system: int, run: Run) -> None:
        """Get a system's answers for all records that it has not answered yet. Those that were in flight when a worker
        was lost are asked alone, so that nothing else is lost with them again."""
        journal = self.journal
        records: deque[Record] = deque(maxlen=1)
        source = (record for record in records_of(self.shard) if self._is_open(system, record))

        def ahead() -> Record | None:
            if not records:
                records.extend(one for one in [next(source, None)] if one)
            return records[0] if records else None

        def pages() -> Iterator[tuple[str, Page]]:
            first = True
            while (record := ahead()) is not None:
                alone = (system, record.number) in journal.suspect
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
                journal.answer(system, number, prediction)
        for (asked, number), prediction in journal.answers.items():
            if asked == system and (asked, number) not in self.lengths:
                self._count(asked, number, prediction)

    def _is_open(self, system: int, record: Record) -> bool:
        """Whether a record is still to be asked of a system; one that was lost too often is given up."""
        journal, number = self.journal, record.number
        held = journal.held.get(number)
        if number in journal.skipped or (held and held.fault) or (system, number) in journal.answers:
            return False
        if journal.lost[system, number] < TRIES:
            return True
        if held is None:
            journal.hold(number, Held(record.place, fault=f"the worker was lost {TRIES} times as it was read"))
        else:
            fault = f"the worker was lost {TRIES} times with this page in flight"
            journal.answer(system, number, Prediction("", str(number), "crash", error=fault))
        return False

    def _open(self, system: int, record: Record) -> Page | None:
        """Look into a record; the journal knows before and after."""
        journal, number = self.journal, record.number
        journal.take(system, number)
        page = record.open()
        if page is None:
            journal.skip(number)
            return None
        if isinstance(page, str):
            journal.hold(number, Held(record.place, fault=page))
            return None
        journal.hold(number, Held(record.place, page.id, page.url, len(page.data)))
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
        for number, held in sorted(self.journal.held.items()):
            source = self.shard.path.name
            row: dict[str, Any] = {
                "id": held.id or f"{source}#{held.place}", "url": held.url, "source": source, "place": held.place,
                "size": held.size, "fault": held.fault,
            }  # fmt: skip
            if held.fault:
                summary.damaged += 1
                rows.append({**row, "answers": [], "agreement": []})
                continue
            bags = [self.bags.get((system, number)) for system in range(len(keys))]
            answers = [self.journal.answers[system, number] for system in range(len(keys))]
            alike = likenesses(bags)
            summary.pages += 1
            summary.size += held.size
            summary.add_likenesses(alike)
            for system, (key, answer) in enumerate(zip(keys, answers, strict=True)):
                summary.tallies[key].add(answer, self.lengths.get((system, number), 0))
            hashes = [answer.page_sha256 for answer in answers if answer.page_sha256]
            row |= {"page_sha256": hashes[0] if hashes else None, "agreement": alike}
            said = [{**answer_row(answer), "system": key} for key, answer in zip(keys, answers, strict=True)]
            rows.append({**row, "answers": said})
        return rows, summary


def result_paths(out: Path) -> list[Path]:
    """The results of the shards that are finished, in order."""
    return sorted((out / "shards").glob("*.parquet"))
