"""The run's side of one extractor process: start it, send it pages, enforce its limits, say what became of it."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from goldspan.errors import ExtractorError
from goldspan.model import Limits, Status, System
from goldspan.sandbox import memory, process_tree
from goldspan.sandbox.messages import page_end, system_of

_PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
_CHUNK = 1 << 18
_LARGEST_REPLY = 400 * 2**20  # bytes: a text of the largest size, escaped
_NOISE = 4000  # bytes kept of what an extractor prints during a page
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Numerical libraries would use every core for a page, spin while their threads wait for one another, and be slower."""
_MEMORY_EVERY = 0.05  # seconds between checks of the memory; quick pages end before the first


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one page: a status and, if it was answered, the message."""

    status: Status
    message: dict[str, Any]
    error: str | None
    noise: str | None
    ms: float


class _Ended(Exception):
    """The process ended, or was ended; the status says why."""

    def __init__(self, status: Status, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request, not yet parsed: a line, or how the process ended instead."""

    line: bytes
    ended: _Ended | None
    noise: str | None
    ms: float
    peak_mb: float | None


class Worker:
    """A process that holds an extractor. Started when made; to be closed.

    Args:
        command: from :mod:`goldspan.sandbox.messages`.
        limits: what a page may cost.
        label: what the extractor is called in messages.
        stopping: once it is set, waiting ends.

    Raises:
        ExtractorError: it cannot be started, or does not greet in time.
    """

    def __init__(self, command: Sequence[str], limits: Limits, label: str, stopping: threading.Event) -> None:
        self.limits = limits
        self.label = label
        self.stopping = stopping
        self.guard = "unknown"
        self.folder = Path(tempfile.mkdtemp(prefix="goldspan-"))
        self.answered = 0
        self._received = 0
        self._left: deque[memoryview] = deque()  # of requests that are not written yet
        self._sent: deque[float] = deque()  # when the requests without an answer were handed over
        self._free = 0.0  # when it gave its last answer
        self._deaf = False  # it reads no more requests
        self.buffer = bytearray()
        self.noise = bytearray()
        try:
            self._start(command)
            self.system, self.hello = self._greeting()
        except BaseException:
            self.close()
            raise

    def _start(self, command: Sequence[str]) -> None:
        to_child, self.requests = os.pipe()
        self.replies, from_child = os.pipe()
        self.output, output = os.pipe()
        environment = {
            **_ONE_THREAD,
            **{name: value for name, value in os.environ.items() if not _is_secret(name)},
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, [_PACKAGE_ROOT, os.environ.get("PYTHONPATH")])),
            "GOLDSPAN_PATH": json.dumps([os.getcwd()]),
            process_tree.MARK: self.folder.name,
        }
        try:
            self.process = subprocess.Popen(  # noqa: S603 (an extractor is a program the user named)
                [*command[:3], str(os.getpid()), str(to_child), str(from_child), *command[3:]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(to_child, from_child),
                cwd=self.folder,
                env=environment,
                start_new_session=True,
            )
        finally:
            for descriptor in (to_child, from_child, output):
                os.close(descriptor)
        for descriptor in (self.requests, self.replies, self.output):
            os.set_blocking(descriptor, False)
        for descriptor in (self.requests, self.output):
            process_tree.widen_pipe(descriptor)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.replies, selectors.EVENT_READ)
        self.selector.register(self.output, selectors.EVENT_READ)

    def _greeting(self) -> tuple[System, dict[str, Any]]:
        try:
            deadline = time.monotonic() + self.limits.start_timeout
            self.guard = str(_message(self._next_line(deadline)).get("guard"))
            line = self._next_line(deadline)
            hello = _message(line)
        except _Ended as ended:
            seconds = f" within {self.limits.start_timeout:g} s" if ended.status == "timeout" else ""
            said = f" ({ended.error})" if ended.status != "timeout" else ""
            noise = f" It printed: {self._said()}" if self._said() else ""
            raise ExtractorError(
                f"{self.label} did not start{seconds}{said}.{noise}", "Run it alone to see why."
            ) from None
        if "refused" in hello:
            raise ExtractorError(f"{self.label} cannot be used: {hello['refused']}")
        if hello.get("goldspan") != 1:
            raise ExtractorError(
                f"{self.label} does not greet with protocol version 1, but with {line[:80]!r}",
                'Its first line must be {"goldspan": 1, "name": …, "version": …}.',
            )
        self._take_noise()
        self._is_command = "start_ms" not in hello  # a process of ours measures its memory itself
        try:
            return system_of(hello), hello
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            raise ExtractorError(f"{self.label} greets with something that does not fit: {error}") from None

    def send(self, request: bytes) -> None:
        """Send a request, one line. Its time starts now, or once the one before it is answered."""
        if not self._sent and self._is_command:
            memory.reset_peak(self.process.pid)
        self._sent.append(time.monotonic())
        self._left.append(memoryview(request))
        while self._left and self._write():
            pass

    def receive(self) -> Answer:
        """Wait for the answer to the first request without one. If none comes, the process is ended."""
        began = max(self._sent.popleft(), self._free)
        try:
            line, ended = self._next_line(began + self.limits.timeout), None
        except _Ended as error:
            line, ended = b"", error
            self.kill()
        self._free = time.monotonic()
        ms = (self._free - began) * 1000
        peak = None
        if ended is None and self._is_command:
            peak = memory.peak_mb(self.process.pid)
            memory.reset_peak(self.process.pid)
        self._drain_output()
        self._received += 1
        return Answer(line, ended, self._take_noise(self._received - 1 if ended is None else None), ms, peak)

    def reply(self, number: int, answer: Answer) -> Reply:
        """What an answer says. A process that breaks the protocol is ended.

        Args:
            number: what the request carried as its id.
        """
        ended = answer.ended
        message: dict[str, Any] = {}
        if ended is None:
            try:
                message = _message(answer.line)
                if message.get("id") != str(number):
                    raise _Ended("error", f"it answered {str(message.get('id'))[:40]!r} when asked {number}")
            except _Ended as fault:
                ended = fault
                self.kill()
        if ended is not None:
            return Reply(ended.status, {}, ended.error, answer.noise, answer.ms)
        self.answered += 1
        message.setdefault("peak_mb", answer.peak_mb)
        error = message.get("error")
        if error is None:
            return Reply("ok", message, None, answer.noise, answer.ms)
        status: Status = "memory" if message.get("memory") else "error"
        return Reply(status, message, str(error)[:1000], answer.noise, answer.ms)

    def _next_line(self, deadline: float) -> bytes:
        """Wait for the next line that it answers; meanwhile write what is to be sent, and read what it prints."""
        if self._left:
            self.selector.register(self.requests, selectors.EVENT_WRITE)
        next_look = time.monotonic() + _MEMORY_EVERY
        try:
            while True:
                end = self.buffer.find(b"\n")
                if end >= 0:
                    line = bytes(self.buffer[:end])
                    del self.buffer[: end + 1]
                    return line
                if self._deaf:
                    raise self._death()
                now = time.monotonic()
                if self.stopping.is_set():
                    raise _Ended("error", "the run was stopped")
                if now >= deadline:
                    raise _Ended("timeout", f"no answer within {self.limits.timeout:g} s")
                if now >= next_look:
                    self._check_memory()
                    next_look = now + _MEMORY_EVERY
                for key, _ in self.selector.select(max(0.0, min(deadline, next_look) - now)):
                    if key.fd == self.requests:
                        self._write()
                    elif key.fd == self.replies:
                        self._deaf = not self._read() or self._deaf
                    else:
                        self._drain_output()
        finally:
            if self.requests in self.selector.get_map():
                self.selector.unregister(self.requests)

    def _write(self) -> bool:
        """Write a piece of what is to be sent; whether there was room for it."""
        piece = self._left[0]
        try:
            self._left[0] = piece[os.write(self.requests, piece[:_CHUNK]) :]
        except BlockingIOError:
            return False
        except BrokenPipeError:
            self._left.clear()
            self._deaf = True
            self._take_last_words()
        else:
            if not self._left[0]:
                self._left.popleft()
        if not self._left and self.requests in self.selector.get_map():
            self.selector.unregister(self.requests)
        return True

    def _read(self) -> bool:
        """Read a piece of what it answers; whether its end of the pipe is open."""
        chunk = os.read(self.replies, _CHUNK)
        self.buffer += chunk
        if len(self.buffer) > _LARGEST_REPLY:
            raise _Ended("error", f"its answer is longer than {_LARGEST_REPLY} bytes")
        return bool(chunk)

    def _take_last_words(self) -> None:
        """A process that reads no more may have answered before."""
        try:
            while self._read():
                pass
        except BlockingIOError:
            pass

    def _drain_output(self) -> None:
        """Read what it printed; only the end of it is kept."""
        while True:
            try:
                chunk = os.read(self.output, _CHUNK)
            except BlockingIOError:
                return
            if not chunk:
                if self.output in self.selector.get_map():
                    self.selector.unregister(self.output)
                return
            self.noise += chunk
            del self.noise[:-_NOISE]
            if len(chunk) < _CHUNK:
                return

    def _said(self) -> str:
        return bytes(self.noise).decode("utf-8", "replace").strip()

    def _take_noise(self, page: int | None = None) -> str | None:
        """What it printed, up to the end of a page if that is marked."""
        mark = page_end(page) if page is not None else b""
        text, found, rest = bytes(self.noise).partition(mark) if mark else (bytes(self.noise), b"", b"")
        self.noise[:] = rest if found else b""
        return text.decode("utf-8", "replace").replace("\0", " ").strip() or None

    def _check_memory(self) -> None:
        used = process_tree.resident_mb(self.process.pid)
        if used > self.limits.memory_mb:
            raise _Ended("memory", f"{used:.0f} MB, over the limit of {self.limits.memory_mb:g} MB")

    def _death(self) -> _Ended:
        """How the process ended, after its end of the pipe was closed."""
        self._drain_output()
        try:
            code = self.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return _Ended("crash", "it closed its channel to the run")
        if code < 0:
            return _Ended("crash", f"killed by {signal.Signals(-code).name}")
        return _Ended("crash", f"its process ended with exit code {code}")

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """End the process and all that it started, at once."""
        if hasattr(self, "process"):
            process_tree.kill_tree(self.process, self.folder.name)

    def close(self) -> None:
        """End the process and clean up what it used."""
        self.kill()
        for name in ("requests", "replies", "output"):
            descriptor = self.__dict__.pop(name, None)
            if descriptor is not None:
                os.close(descriptor)
        if hasattr(self, "selector"):
            self.selector.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _message(line: bytes) -> dict[str, Any]:
    try:
        message = orjson.loads(line)
    except ValueError:
        try:
            message = json.loads(line)  # takes a surrogate that stands alone
        except (ValueError, RecursionError):
            message = None
    if not isinstance(message, dict):
        raise _Ended("error", f"its answer is no JSON object: {line[:80]!r}")
    return message


def _is_secret(name: str) -> bool:
    return any(word in name.upper() for word in ("TOKEN", "SECRET", "PASSWORD", "API_KEY", "CREDENTIAL"))
