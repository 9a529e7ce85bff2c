"""The loop over pages: one system at a time, each of its jobs in a thread that owns one extractor process."""

from __future__ import annotations

import queue
import re
import shlex
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from goldspan.core.text import decode
from goldspan.data.files import sha256
from goldspan.errors import ExtractorError
from goldspan.extractors import normalise
from goldspan.model import FIELDS, Extraction, Limits, Page, Prediction, System
from goldspan.sandbox.messages import any_command, encode_request, python_command
from goldspan.sandbox.process import Reply, Worker
from goldspan.sandbox.process_tree import adopt_orphans

GetPage = Callable[[str], Page]

_FILE = re.compile(r"(?P<path>.+\.py)(?P<rest>(?:[:?].*)?)")


@dataclass(frozen=True, slots=True)
class Started:
    """What is known about a system once its first process runs.

    Attributes:
        start_ms: import and first page, by the process's own clock; None for commands.
        guard: the network guard in force.
    """

    system: System
    start_ms: float | None
    guard: str


@dataclass(frozen=True, slots=True)
class _Task:
    """A page on its way to a process."""

    id: str
    number: int
    page_sha256: str
    request: bytes


class _NotReady(Enum):
    NOT_READY = 0


_NOT_READY: Final = _NotReady.NOT_READY
_Tasks = queue.Queue[_Task | BaseException | None]
_Done = queue.SimpleQueue[Prediction | BaseException | None]


def command_of(spec: str, module: str = "goldspan.sandbox.python_host") -> list[str]:
    """The process that a spec from the command line asks for. Relative file names are made absolute, since the process
    has a working directory of its own.

    Args:
        module: what runs in the process of a Python extractor.

    Raises:
        ExtractorError: ``cmd:`` without a command.
    """
    if spec.startswith("cmd:"):
        try:
            words = shlex.split(spec.removeprefix("cmd:"))
        except ValueError as error:
            raise ExtractorError(f"{spec} cannot be split into words: {error}", "Close the quotation.") from None
        if not words:
            raise ExtractorError("cmd: names no command", "Write for instance 'cmd:node adapter.mjs'.")
        return any_command([str(Path(word).resolve()) if Path(word).is_file() else word for word in words])
    file = _FILE.fullmatch(spec)
    return python_command(str(Path(file["path"]).resolve()) + file["rest"] if file else spec, module)


class Run:
    """One system's run. A context manager: leaving it ends every process.

    Args:
        spec: as on the command line.
        limits: what a page may cost.
        jobs: how many processes.

    Raises:
        ExtractorError: it cannot be started.
    """

    def __init__(self, spec: str, limits: Limits, jobs: int = 1) -> None:
        adopt_orphans()
        self._label = spec
        self._command = command_of(spec)
        self._limits = limits
        self._jobs = max(1, jobs)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._first: Worker | None = self._start()
        hello = self._first.hello
        start_ms = hello.get("start_ms")
        self.started = Started(
            self._first.system,
            float(start_ms) if isinstance(start_ms, int | float) else None,
            self._first.guard,
        )

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        if self._first is not None:
            self._first.close()

    def _start(self) -> Worker:
        return Worker(self._command, self._limits, self._label, self._stopping)

    def predictions(self, ids: Sequence[str], get_page: GetPage) -> Iterator[Prediction]:
        """The predictions of the pages, in the order in which they are finished.

        Args:
            get_page: gives the page of an id; called in a thread of its own, one page at a time.

        Raises:
            ExtractorError: the extractor no longer starts.
            Exception: what ``get_page`` raises.
        """
        return self.stream((page_id, get_page(page_id)) for page_id in ids)

    def stream(self, pages: Iterable[tuple[str, Page]]) -> Iterator[Prediction]:
        """As :meth:`predictions`, of pages that come one by one, each with the name that its prediction is to have.

        With one job they are answered in their order. May be called again when it is at its end: the process stays.
        """
        tasks: _Tasks = queue.Queue(maxsize=self._jobs + 1)
        done: _Done = queue.SimpleQueue()
        feeder = threading.Thread(target=self._feed, args=(tasks, pages))
        first, self._first = self._first or self._start(), None
        jobs = [
            threading.Thread(target=self._work, args=(tasks, done, first if number == 0 else None))
            for number in range(self._jobs)
        ]
        self._threads = [feeder, *jobs]
        for thread in self._threads:
            thread.start()
        running = len(jobs)
        while running:
            item = done.get()
            if item is None:
                running -= 1
            elif isinstance(item, BaseException):
                raise item
            else:
                yield item

    def _feed(self, tasks: _Tasks, pages: Iterable[tuple[str, Page]]) -> None:
        """Make the requests ahead of the processes, so that none waits for one."""
        takes = self.started.system.takes
        try:
            for number, (page_id, page) in enumerate(pages):
                content: dict[str, Any] = {"data": page.data} if takes == "bytes" else {"html": decode(page)[0]}
                request = encode_request(number, {**content, "url": page.url})
                self._put(tasks, _Task(page_id, number, sha256(page.data), request))
        except BaseException as error:  # handed over to the caller's thread, which raises it
            self._put(tasks, error)
        for _ in range(self._jobs):
            self._put(tasks, None)

    def _put(self, tasks: _Tasks, item: _Task | BaseException | None) -> None:
        while not self._stopping.is_set():
            try:
                tasks.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def _take(self, tasks: _Tasks) -> _Task | BaseException | None:
        """Wait for the next page; None after the last one, or when the run is stopped."""
        while not self._stopping.is_set():
            try:
                return tasks.get(timeout=0.1)
            except queue.Empty:
                continue
        return None

    def _take_ready(self, tasks: _Tasks) -> _Task | BaseException | _NotReady | None:
        """The next page if it is ready."""
        try:
            return tasks.get_nowait()
        except queue.Empty:
            return _NOT_READY

    def _work(self, tasks: _Tasks, done: _Done, first: Worker | None) -> None:
        """One job: send pages to a process, and start another when it is gone."""
        worker, sent = first, False
        try:
            task = self._take(tasks)
            while task is not None:
                if isinstance(task, BaseException):
                    raise task
                worker = worker or self._start()
                if not sent:
                    worker.send(task.request)
                # The next page waits in the pipe of a process of ours, so that it need not wait for that when it has
                # answered. A command gets it later: its prints have no mark that says where a page ends.
                following = self._take_ready(tasks) if self._is_python() else _NOT_READY
                ahead = isinstance(following, _Task)
                if isinstance(following, _Task):
                    worker.send(following.request)
                answer = worker.receive()
                if answer.ended and answer.ended.status == "crash" and worker.answered:
                    # What an earlier page left behind may have ended it: a fresh process shows whose fault it is.
                    worker.close()
                    worker, ahead = self._start(), False
                    worker.send(task.request)
                    answer = worker.receive()
                if following is _NOT_READY:
                    following = self._take(tasks)
                sent = isinstance(following, _Task) and answer.ended is None
                if isinstance(following, _Task) and sent and not ahead:
                    worker.send(following.request)
                if self._stopping.is_set():
                    break
                done.put(self._prediction(task, worker.reply(task.number, answer)))
                task = following
                if not worker.alive:
                    worker.close()
                    worker, sent = None, False
        except BaseException as error:  # handed over to the caller's thread, which raises it
            done.put(error)
        finally:
            # A process ends with the thread that started it: only the run's first one can serve again.
            if worker is not None and worker is first and worker.alive:
                self._first = worker
            elif worker is not None:
                worker.close()
        done.put(None)

    def _prediction(self, task: _Task, reply: Reply) -> Prediction:
        status, error, message = reply.status, reply.error, reply.message
        extraction: Extraction | None = None
        if status == "ok":
            try:
                extraction = normalise({name: message.get(name) for name in ("text", *FIELDS)} | _format(message))
                status = "ok" if extraction.text.strip() else "empty"
            except (TypeError, ValueError) as fault:
                status, error = "error", f"{type(fault).__name__}: {fault}"
        timed = message.get("ms") if self._is_python() else reply.ms
        peak = message.get("peak_mb")
        return Prediction(
            system=self.started.system.key,
            id=task.id,
            status=status,
            extraction=extraction,
            page_sha256=task.page_sha256,
            ms=round(float(timed), 3) if timed is not None and extraction is not None else None,
            peak_mb=round(float(peak), 1) if isinstance(peak, int | float) else None,
            error=error,
            noise=reply.noise,
        )

    def _is_python(self) -> bool:
        return not self._label.startswith("cmd:")


def _format(message: dict[str, Any]) -> dict[str, Any]:
    return {"format": message["format"]} if message.get("format") is not None else {}
