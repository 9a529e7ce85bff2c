"""The engine for one machine: worker processes, each with a pipe on which it gets its next shard."""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

from goldspan.crawl.shard import Outcome, attempt, end_runs
from goldspan.crawl.shard_plan import Order, Shard
from goldspan.sandbox import isolation

LOSSES = 20
"""How often a shard is continued after its worker was lost; each time it goes on from where it was."""

_CONTEXT = multiprocessing.get_context("spawn")


class _Worker:
    """A process and the shard that it works on."""

    def __init__(self, order: Order) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=_serve, args=(theirs, order, os.getpid()), daemon=True)
        self.process.start()
        theirs.close()
        self.shard: Shard | None = None

    def give(self, shard: Shard) -> None:
        self.shard = shard
        try:
            self.pipe.send(shard)
        except OSError:  # it is gone already, and its pipe will say so
            pass

    def end(self) -> None:
        self.process.terminate()
        self.process.join(timeout=5)
        self.process.kill()
        self.process.join()
        self.pipe.close()


def run_local(order: Order, shards: Iterable[Shard], workers: int | None) -> Iterator[Outcome]:
    """Do all shards with a given number of worker processes; outcomes are yielded as they are ready. A lost worker is
    replaced, and its shard continued."""
    queue, again, losses = iter(shards), deque[Shard](), Counter[int]()
    crew: list[_Worker] = []
    workers = workers or os.cpu_count() or 1
    try:
        while True:
            while len(crew) < workers and (shard := again.popleft() if again else next(queue, None)):
                crew.append(_Worker(order))
                crew[-1].give(shard)
            if not crew:
                return
            ready = wait([worker.pipe for worker in crew])
            for worker in [one for one in crew if one.pipe in ready]:
                shard = worker.shard
                assert shard is not None
                answer = _receive(worker.pipe)
                if isinstance(answer, Outcome):
                    yield answer
                    following = again.popleft() if again else next(queue, None)
                    if following:
                        worker.give(following)
                        continue
                elif isinstance(answer, str):
                    raise RuntimeError(f"a worker failed at shard {shard.number}\n{answer}")
                else:
                    losses[shard.number] += 1
                    if losses[shard.number] <= LOSSES:
                        again.append(shard)
                    else:
                        yield Outcome(shard.number, None, fault=lost(shard))
                crew.remove(worker)
                worker.end()
    finally:
        for worker in crew:
            worker.end()


def lost(shard: Shard) -> str:
    """The message for a shard that is given up."""
    return f"{shard.path.name} from {shard.first}: its worker was lost {LOSSES + 1} times"


def _receive(pipe: Connection[Any, Any]) -> Outcome | str | None:
    try:
        answer: Outcome | str = pipe.recv()
    except (EOFError, OSError):
        return None
    return answer


def _serve(pipe: Connection[Any, Any], order: Order, parent: int) -> None:
    """The worker process: do shards until no more come."""
    isolation.tie(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run's own process ends its workers
    signal.signal(signal.SIGTERM, _leave)
    try:
        while True:
            try:
                shard = pipe.recv()
            except EOFError:
                return
            try:
                pipe.send(attempt(order, shard))
            except Exception:  # a bug: told to the run, which raises it
                pipe.send(traceback.format_exc())
    finally:
        end_runs()


def _leave(*_: object) -> None:
    raise SystemExit(0)
