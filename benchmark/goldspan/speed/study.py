"""All measurements of one system. Each kind has a process of its own, so that none disturbs another."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from goldspan.errors import GoldspanError
from goldspan.model import Limits, Page
from goldspan.sandbox.runner import Run
from goldspan.speed.cost_figures import SystemSpeed, Visit, label_of, memory_figures, time_figures
from goldspan.speed.growth import Point, slope_of
from goldspan.speed.subject import SpeedPage, Subject, VisitFailed

PARSES = 2
"""Parses before a page, and as many after it."""
ROUNDS = 9
"""The least number of passes over the pages."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured.

    Attributes:
        starts: fresh processes for the cold start; 0 leaves it out.
        repeats: at least so many pages in one process, for the slope of its memory; 0 leaves memory out.
        workers: side by side, for the throughput beside that of one.
        seconds: at least so long, for each throughput; 0 leaves it out.
    """

    limits: Limits
    starts: int = 3
    repeats: int = 300
    workers: int = 2
    seconds: float = 3.0


class Study:
    """A system under measurement. Its clock stands still but for the system's own time, as its process told it: what
    pytest-benchmark measures by it leaves out parses, the transfer of pages and our own code.

    Args:
        protocol: of the pages.
        pages: what it is measured on; those that it does not do are dropped and counted.
        tell: called with its steps and its row.

    Attributes:
        spec: as on the command line.
        label: the system's name with its options, the same in every version.

    Raises:
        ExtractorError: it cannot be started.
    """

    def __init__(
        self, spec: str, plan: Plan, protocol: str, pages: Sequence[SpeedPage], tell: Callable[[dict[str, Any]], None]
    ) -> None:
        self.tell = tell
        self.spec = spec
        self._plan = plan
        self._protocol = protocol
        self._pages = {page.id: page for page in pages}
        self._visits: dict[str, list[Visit]] = {page.id: [] for page in pages}
        self._failures: Counter[str] = Counter()
        self._now = 0.0
        self._subject: Subject | None = None
        with Subject(spec, plan.limits) as subject:
            self.system = subject.system
        self.label = label_of(self.system)
        self._found: dict[str, Any] = {}

    def clock(self) -> float:
        """Seconds."""
        return self._now

    def warm_up(self) -> float:
        """Each page once, uncounted; the seconds that this took, or 0 if no page could be done."""
        started = time.perf_counter()
        self._subject = Subject(self.spec, self._plan.limits)
        self.round(count=False)
        return time.perf_counter() - started if self._pages else 0.0

    def round(self, count: bool = True) -> None:
        """Each page once, with the parses around it. The clock moves on by what the system took."""
        assert self._subject is not None
        used = 0.0
        for page in list(self._pages.values()):
            visit = self._try(self._subject, page, PARSES)
            if visit is None:
                continue
            used += visit.ms
            if count:
                self._visits[page.id].append(visit)
        self._now += used / 1000

    def _try(self, subject: Subject, page: SpeedPage, parses: int = 0) -> Visit | None:
        """A visit; a page on which the system fails is not tried again."""
        try:
            return subject.visit(page, parses)
        except VisitFailed as failed:
            del self._pages[page.id]
            self._failures[failed.status] += 1
            return None

    def finish(self) -> None:
        """The rounds are over: their process ends."""
        if self._subject is not None:
            self._subject.close()
            self._subject = None

    def measure_cold(self) -> None:
        """Import and first page, each time in a fresh process: the page of middle size."""
        if not self._pages or not self._plan.starts:
            return
        by_size = sorted(self._pages.values(), key=lambda page: len(page.data))
        page = by_size[len(by_size) // 2]
        times = []
        for _ in range(self._plan.starts):
            with Subject(self.spec, self._plan.limits) as subject:
                visit = self._try(subject, page)
                if visit is None:
                    return
                times.append(subject.load_ms + visit.ms)
        self._found["cold_ms"] = median(times)

    def measure_memory(self) -> None:
        """Passes over the pages in one process, without any parse of ours."""
        if not self._plan.repeats:
            return
        passes: list[list[Visit]] = []
        with Subject(self.spec, self._plan.limits) as subject:
            while self._pages and len(passes) * len(self._pages) < self._plan.repeats:
                before = len(self._pages)
                visits = [visit for page in list(self._pages.values()) if (visit := self._try(subject, page))]
                # A pass that lost a page cannot be compared with the others, and its process may be a new one.
                passes = [*passes, visits] if len(self._pages) == before else []
        if passes:
            self._found |= memory_figures(passes) | {"repeats": len(passes) * len(passes[0])}

    def measure_throughput(self) -> None:
        """Pages a second through the guarded run, on one worker and on several."""
        if not self._plan.seconds or not self._pages:
            return
        pages = list(self._pages.values())
        page_ms = sum(visits[-1].ms for visits in self._visits.values() if visits) / len(pages)
        passes = max(1, round(self._plan.seconds * 1000 / max(page_ms, 0.5) / len(pages)))
        rate = self._throughput(pages, 1, passes)
        self._found |= {
            "pages_per_second": rate,
            "bytes_per_second": rate * sum(len(page.data) for page in pages) / len(pages),
            "pages_per_second_workers": self._throughput(pages, self._plan.workers, passes),
        }

    def _throughput(self, pages: Sequence[SpeedPage], workers: int, passes: int) -> float:
        """The sum of the workers' rates, each over whole passes; all start together, once they are warm."""
        given = {page.id: Page(page.id, page.data, page.url) for page in pages}
        ids = [page.id for page in pages]
        together = threading.Barrier(workers)
        rates: list[float] = []
        faults: list[GoldspanError] = []

        def work() -> None:
            try:
                with Run(self.spec, self._plan.limits) as run:
                    together.wait()
                    started = time.perf_counter()
                    done = sum(1 for _ in run.predictions(ids * passes, given.__getitem__))
                    rates.append(done / (time.perf_counter() - started))
            except GoldspanError as fault:
                faults.append(fault)
                together.abort()
            except threading.BrokenBarrierError:
                pass  # another worker could not start, and says why

        threads = [threading.Thread(target=work) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]
        return sum(rates)

    def result(self) -> SystemSpeed:
        """All that was found."""
        rounds = list(zip(*(self._visits[id] for id in self._pages), strict=False))
        if rounds:
            costs = [median(visit.cpu_ms for visit in self._visits[id]) for id in self._pages]
            points = [Point(len(page.data), ms) for page, ms in zip(self._pages.values(), costs, strict=True)]
            self._found |= {**time_figures(rounds), "size_slope": slope_of(points)}
        return SystemSpeed(
            system=self.system,
            protocol=self._protocol,
            pages=len(self._pages),
            rounds=len(rounds),
            failures=dict(sorted(self._failures.items())),
            workers=self._plan.workers,
            **self._found,
        )


STEPS: tuple[tuple[str, Callable[[Study], None]], ...] = (
    ("cold start", Study.measure_cold),
    ("memory", Study.measure_memory),
    ("throughput", Study.measure_throughput),
)
"""What is measured besides the rounds."""
