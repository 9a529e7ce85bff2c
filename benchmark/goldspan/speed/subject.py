"""A system under measurement: a guarded process that gets one page at a time and reports what it cost."""

from __future__ import annotations

import base64
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

import orjson
import psutil

from goldspan.core.text import decode
from goldspan.errors import ExtractorError
from goldspan.model import Limits, Page, Status, System
from goldspan.sandbox.messages import encode_request
from goldspan.sandbox.process import Reply, Worker
from goldspan.sandbox.process_tree import adopt_orphans, resident_mb
from goldspan.sandbox.runner import command_of
from goldspan.speed.cost_figures import Visit
from goldspan.speed.unit import parse_means, parse_times

_PROBE = "goldspan.speed.probe"


@dataclass(frozen=True, slots=True)
class SpeedPage:
    """A page as it is measured: decoded once, ahead of the clock."""

    id: str
    html: str
    data: bytes
    url: str | None


class VisitFailed(Exception):
    """The system failed on the page."""

    def __init__(self, status: Status, error: str) -> None:
        super().__init__(error)
        self.status = status


def speed_page(page: Page) -> SpeedPage:
    return SpeedPage(page.id, decode(page)[0], page.data, page.url)


class Subject:
    """A system in a process of its own, which is restarted when it has ended. A context manager.

    Args:
        spec: as on the command line.
        limits: what a page may cost.

    Attributes:
        load_ms: import and set-up, by the process's own clock; for a command, until it greeted.

    Raises:
        ExtractorError: it cannot be started.
    """

    def __init__(self, spec: str, limits: Limits) -> None:
        if spec.startswith("predictions:"):
            raise ExtractorError(f"{spec} are finished predictions, which cost nothing", "Name a system that runs.")
        adopt_orphans()
        self._spec = spec
        self._limits = limits
        self._number = 0
        self._others_ms = 0.0  # CPU time so far of the processes below its own
        started = time.perf_counter()
        self._worker: Worker | None = self._start()
        loaded = self._worker.hello.get("load_ms")
        self.load_ms = float(loaded) if self.is_python and loaded else (time.perf_counter() - started) * 1000
        self.system: System = self._worker.system

    @property
    def is_python(self) -> bool:
        return not self._spec.startswith("cmd:")

    def __enter__(self) -> Subject:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> Worker:
        self._others_ms = 0.0
        return Worker(command_of(self._spec, _PROBE), self._limits, self._spec, threading.Event())

    def close(self) -> None:
        """End its process."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def visit(self, page: SpeedPage, parses: int = 0) -> Visit:
        """What the page costs, measured once.

        Args:
            parses: how many parses to time before it, and as many after it.

        Raises:
            VisitFailed: the system failed on it; if that ended its process, the next page gets a new one.
            ExtractorError: it no longer starts.
        """
        self._worker = self._worker or self._start()
        self._number += 1
        ask = self._ask_python if self.is_python else self._ask_command
        reply, message = ask(self._worker, page, parses)
        if reply.status != "ok":
            if not self._worker.alive:
                self.close()
            raise VisitFailed(reply.status, reply.error or "")
        # What lives on below it has worked for the page, too. Its time so far passes on to its parent when it ends.
        before, self._others_ms = self._others_ms, others_ms(self._worker.process.pid)
        return Visit(
            ms=message["ms"],
            cpu_ms=message["cpu_ms"] + self._others_ms - before,
            parse_ms=message["parse_ms"],
            parse_cpu_ms=message["parse_cpu_ms"],
            resident_mb=resident_mb(self._worker.process.pid),
            peak_mb=message["peak_mb"],
        )

    def _ask_python(self, worker: Worker, page: SpeedPage, parses: int) -> tuple[Reply, dict[str, Any]]:
        request: dict[str, Any] = {"id": str(self._number), "url": page.url, "html": page.html, "parses": parses}
        if worker.system.takes == "bytes":
            request["base64"] = base64.b64encode(page.data).decode("ascii")
        worker.send(orjson.dumps(request) + b"\n")
        reply = worker.reply(self._number, worker.receive())
        return reply, reply.message

    def _ask_command(self, worker: Worker, page: SpeedPage, parses: int) -> tuple[Reply, dict[str, Any]]:
        """A command is in another language: the parses are made here, and its time is that until its reply."""
        given = {"data": page.data} if worker.system.takes == "bytes" else {"html": page.html}
        request = encode_request(self._number, {**given, "url": page.url})
        around = parse_times(page.html, parses)
        cpu = cpu_ms(worker.process.pid)
        worker.send(request)
        answer = worker.receive()
        used = cpu_ms(worker.process.pid) - cpu
        around += parse_times(page.html, parses)
        reply = worker.reply(self._number, answer)
        return reply, {
            "ms": reply.ms,
            "cpu_ms": used,
            "peak_mb": answer.peak_mb,
            **parse_means(around),
        }


def others_ms(pid: int) -> float:
    """The CPU time so far of all living processes below one."""
    try:
        return sum(cpu_ms(child.pid) for child in psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return 0.0


def cpu_ms(pid: int) -> float:
    """The CPU time of another process so far, and of its children that ended; 0 if it has gone."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    ended = float(times.children_user + times.children_system)
    own = float(times.user + times.system)
    if sys.platform == "linux":
        try:  # the same to the nanosecond: the process's CPU clock, as clock_getcpuclockid(3) names it
            own = time.clock_gettime((~pid << 3) | 2)
        except OSError:
            pass
    return (own + ended) * 1000
