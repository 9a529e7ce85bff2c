"""The engine for many machines: Ray maps the same function over the same shards, and repeats what a lost worker or node
had."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from goldspan.crawl.local import LOSSES, lost
from goldspan.crawl.shard import Outcome, attempt
from goldspan.crawl.shard_plan import Order, Shard
from goldspan.errors import GoldspanError


def run_ray(order: Order, shards: Iterable[Shard], workers: int | None) -> Iterator[Outcome]:
    """Do all shards, a given number at a time, on the cluster that RAY_ADDRESS names, or on one that is started and
    stopped here.

    Raises:
        GoldspanError: Ray is not installed, or there is no such cluster.
    """
    try:
        import ray
        from ray.exceptions import RayError
    except ImportError:
        raise GoldspanError("the engine ray is not installed", "Install it: pip install 'goldspan[scale]'") from None
    ours = not ray.is_initialized()
    if ours:
        _start(ray, workers)
    try:
        # A task again runs in a process that has run one before, if it can: its extractors are warm.
        task = ray.remote(num_cpus=1, max_retries=LOSSES, scheduling_strategy="SPREAD")(_attempt)
        given = ray.put(order)
        workers = workers or _cores(ray)
        queue = iter(shards)
        flying = {task.remote(given, shard): shard for shard in islice(queue, workers)}
        while flying:
            ready, _ = ray.wait(list(flying))
            for reference in ready:
                shard = flying.pop(reference)
                for following in islice(queue, 1):
                    flying[task.remote(given, following)] = following
                try:
                    yield ray.get(reference)
                except ray.exceptions.RayTaskError:  # a bug in a worker
                    raise
                except RayError:
                    yield Outcome(shard.number, None, fault=lost(shard))
    finally:
        if ours:
            ray.shutdown()


def _start(ray: Any, workers: int | None) -> None:
    quiet = {"log_to_driver": False, "logging_level": "error", "include_dashboard": False}
    address = os.environ.get("RAY_ADDRESS")
    try:
        if address:
            ray.init(address=address, log_to_driver=False, logging_level="error")
        else:
            ray.init(address="local", num_cpus=workers, **quiet)
    except (ConnectionError, RuntimeError, ValueError) as fault:
        where = f"no Ray cluster answers at {address}" if address else "Ray cannot be started here"
        raise GoldspanError(f"{where}: {fault}", "Set RAY_ADDRESS to a cluster's address, or leave it out.") from None


def _cores(ray: Any) -> int:
    return int(ray.cluster_resources().get("CPU", 1))


def _attempt(order: Order, shard: Shard) -> Outcome:
    """In a worker of the cluster, relative names mean what they mean where the run was started."""
    if order.folder.is_dir():
        os.chdir(order.folder)
    return attempt(order, shard)
