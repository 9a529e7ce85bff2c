#!/usr/bin/env python3
"""Try mutated pages: each goes through stream, gold, alignment, metrics, result, report and explanation.

A fault is an exception, a dead process, or a page over one second of CPU. Each is written to a file from which
--again runs that page alone. Faults with the same cause are counted together. Exit code 1 if there is any.

Example: scripts/studies/fuzz.py --pages 100000 --seed 1 --jobs 2
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import signal
import sys
import time
from collections import Counter
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from study import add_jobs, launch, parser_of
from tests.fuzz import STOP, Mutant, PageFault, make_mutant, report_batch, try_page

BATCH = 200
PATIENCE = 10 * STOP
"""Seconds on one page after which its process is killed: it hangs where no signal reaches it."""
KEPT = 5
"""Pages of one cause that are written to files."""


def work(seed: int, connection: Connection) -> None:
    """Try the pages of the ranges that come in; say before each which it is. Ends with the process that started it."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    while True:
        start, end = connection.recv()
        measured = []
        for number in range(start, end):
            if os.getppid() != parent:
                return
            connection.send(("at", number))
            mutant = make_mutant(seed, number)
            try:
                tried = try_page(mutant)
            except PageFault as fault:
                connection.send(("fault", mutant.to_json(), str(fault)))
                continue
            measured.append(tried.measured)
            connection.send(("ok", tried.cpu, mutant.name, tried.stages, tried.outputs))
        try:
            if measured:
                report_batch(measured, start // BATCH)
        except PageFault as fault:
            connection.send(("fault", None, str(fault)))
        connection.send(("done", end))


class Fuzz:
    """A run over many pages with several processes, which are started anew when they die."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.left = [
            (at, min(at + BATCH, options.first + options.pages))
            for at in range(options.first, options.first + options.pages, BATCH)
        ][::-1]
        self.begun = self.told = time.monotonic()
        self.pages = 0
        self.cpu = 0.0
        self.slowest: list[tuple[float, str]] = []
        self.stages: Counter[str] = Counter()
        self.causes: Counter[str] = Counter()
        self.workers: dict[Connection, dict[str, Any]] = {}

    def start(self) -> None:
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.Process(target=work, args=(self.options.seed, theirs), daemon=True)
        process.start()
        theirs.close()
        self.workers[ours] = {"process": process}
        self.feed(ours)

    def feed(self, connection: Connection) -> None:
        if self.left:
            task = self.left.pop()
            connection.send(task)
            self.workers[connection] |= {"at": task[0], "end": task[1], "since": time.monotonic()}
        else:
            process = self.workers.pop(connection)["process"]
            process.terminate()
            process.join()

    def run(self) -> int:
        for _ in range(min(self.options.jobs, len(self.left))):
            self.start()
        while self.workers:
            for connection in wait(list(self.workers), timeout=1):
                assert isinstance(connection, Connection)
                try:
                    message = connection.recv()
                except EOFError:
                    self.lose(connection, "the process died")
                    continue
                self.take(connection, message)
            for connection, state in list(self.workers.items()):
                if time.monotonic() - state["since"] > PATIENCE:
                    state["process"].kill()
                    self.lose(connection, f"no end after {PATIENCE} s")
            if time.monotonic() - self.told > self.options.every:
                self.tell()
        self.tell()
        self.summary()
        return 1 if self.causes else 0

    def lose(self, connection: Connection, what: str) -> None:
        """A worker is gone: its page is a fault, and another goes on behind it."""
        state = self.workers.pop(connection)
        state["process"].join()
        code = state["process"].exitcode
        mutant = make_mutant(self.options.seed, state["at"])
        self.fault(mutant.to_json(), f"{mutant.name}\n{what} (exit code {code})")
        if state["at"] + 1 < state["end"]:
            self.left.append((state["at"] + 1, state["end"]))
        if self.left:
            self.start()

    def take(self, connection: Connection, message: tuple[Any, ...]) -> None:
        kind = message[0]
        state = self.workers[connection]
        state["since"] = time.monotonic()
        if kind == "at":
            state["at"] = message[1]
        elif kind == "ok":
            _, cpu, name, stages, outputs = message
            self.pages += 1
            self.cpu += cpu
            self.stages.update(stages)
            if len(self.slowest) < 5 or cpu > self.slowest[-1][0]:
                said = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in stages.items() if seconds >= 0.01)
                self.slowest.append((cpu, f"{name}; {said}; outputs: {', '.join(outputs)}"))
                self.slowest = sorted(self.slowest, reverse=True)[:5]
        elif kind == "fault":
            self.pages += message[1] is not None
            self.fault(message[1], message[2])
        else:
            self.feed(connection)

    def fault(self, mutant: dict[str, Any] | None, said: str) -> None:
        cause = cause_of(said)
        self.causes[cause] += 1
        if self.causes[cause] > KEPT:
            return
        where = ""
        if mutant is not None:
            self.options.faults.mkdir(parents=True, exist_ok=True)
            path = self.options.faults / f"fuzz-{mutant['seed']}-{mutant['number']}.json"
            path.write_text(json.dumps(mutant | {"fault": said}, indent=1) + "\n", encoding="utf-8")
            where = f"\nRun it again: scripts/studies/fuzz.py --again {path}"
        print(f"FAULT in {said.rstrip()}{where}\n", flush=True)

    def tell(self) -> None:
        self.told = time.monotonic()
        seconds = self.told - self.begun
        rate = self.pages / seconds if seconds else 0.0
        slowest = f"{self.slowest[0][0]:.2f} s" if self.slowest else "–"
        print(
            f"{self.pages:,} of {self.options.pages:,} pages, {rate:.1f} pages/s, slowest {slowest}, "
            f"{self.causes.total()} faults of {len(self.causes)} kinds",
            flush=True,
        )

    def summary(self) -> None:
        seconds = time.monotonic() - self.begun
        print(f"\n{self.pages:,} pages in {seconds:.0f} s, {self.pages / max(seconds, 0.001):.1f} pages/s")
        total = sum(self.stages.values()) or 1.0
        shares = ", ".join(f"{stage} {used / total:.0%}" for stage, used in self.stages.most_common())
        print(f"CPU {1000 * self.cpu / max(self.pages, 1):.1f} ms a page: {shares}")
        for cpu, name in self.slowest:
            print(f"slowest: {cpu:.2f} s, {name}")
        for cause, number in self.causes.most_common():
            print(f"fault: {number} × {cause}")
        print("faults" if self.causes else "no faults", flush=True)


def cause_of(said: str) -> str:
    """What equal faults have in common: the innermost place and the exception; for slow pages, the slowest stage."""
    lines = said.rstrip().split("\n")
    places = re.findall(r'File "[^"]*?((?:benchmark|tests)/[^"]+)", line (\d+)', said)
    if places:
        return f"{':'.join(places[-1])} {lines[-1][:120]}"
    stages = {name: float(used) for name, used in re.findall(r"(\w+) (\d+\.\d+)[,;]", said)}
    return f"slow in {max(stages, key=lambda name: stages[name])}" if stages else lines[-1][:120]


def again(path: Path) -> int:
    """Try the page of a file."""
    mutant = Mutant.from_json(json.loads(path.read_bytes()))
    try:
        tried = try_page(mutant)
    except PageFault as fault:
        print(f"FAULT in {fault}")
        return 1
    print(f"{mutant.name}: no fault, {tried.cpu:.2f} s; outputs: {', '.join(tried.outputs)}")
    return 0


def main() -> int:
    parser = parser_of(__doc__)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first page")
    parser.add_argument("--seed", type=int, default=1)
    add_jobs(parser)
    parser.add_argument("--every", type=float, default=20, help="seconds between two lines of progress")
    parser.add_argument("--faults", type=Path, default=Path("fuzz-faults"), help="the folder for pages that fail")
    parser.add_argument("--again", type=Path, metavar="FILE", help="try the page of this file alone")
    options = parser.parse_args()
    if options.again:
        return again(options.again)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    fuzz = Fuzz(options)
    try:
        return fuzz.run()
    except KeyboardInterrupt:
        fuzz.summary()
        return 130


if __name__ == "__main__":
    launch(main)
