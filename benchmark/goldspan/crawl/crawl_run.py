"""A run over a crawl: a folder that records what is run, and holds the result of every finished shard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from goldspan.crawl.cluster import run_ray
from goldspan.crawl.local import run_local
from goldspan.crawl.shard import Outcome
from goldspan.crawl.shard_plan import Order, Shard, plan
from goldspan.data.files import read_json, write_atomically
from goldspan.errors import RunFileError, UsageError
from goldspan.model import Limits
from goldspan.sandbox.environment import environment
from goldspan.sandbox.runner import Run

Engine = Callable[[Order, Iterable[Shard], int | None], Iterator[Outcome]]

ENGINES: Mapping[str, Engine] = {"local": run_local, "ray": run_ray}

CRAWL_VERSION = 1
_ABOUT = "crawl.json"


@dataclass(frozen=True, slots=True)
class Crawl:
    """A run over a crawl: what is done, with what, how it is cut."""

    order: Order
    inputs: tuple[Path, ...]
    shard_mb: float

    def shards(self) -> Iterator[Shard]:
        return plan(self.inputs, self.shard_mb)

    def run(self, engine: str, workers: int | None) -> Iterator[Outcome]:
        """Do what is not done yet; the outcomes of all shards, as they are ready.

        Args:
            workers: shards at a time; as many as there are cores if None.
        """
        return ENGINES[engine](self.order, self.shards(), workers)


def begin(
    systems: Sequence[str], inputs: Sequence[Path], out: Path, limits: Limits, shard_mb: float, resume: bool
) -> Crawl:
    """Begin a run, or resume one. Each system is started once, to see that it starts and to learn its version.

    Raises:
        UsageError: the folder is taken and ``resume`` is off, or two systems are the same.
        RunFileError: the folder holds another run.
        ExtractorError: a system cannot be started.
    """
    path = out / _ABOUT
    if path.exists() and not resume:
        raise UsageError(f"{out} holds a run already", "Go on with it by --resume, or choose another folder.")
    if out.exists() and not path.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is there already and holds no run", "Choose another folder.")
    keys = []
    for spec in systems:
        with Run(spec, limits) as run:
            keys.append(run.started.system.key)
        if keys.count(keys[-1]) > 1:
            raise UsageError(f"{spec} and another system are both {keys[-1]}", "Give them different names.")
    about = {
        "crawl_version": CRAWL_VERSION,
        "systems": keys,
        "inputs": [{"path": str(file), "size": file.stat().st_size} for file in inputs],
        "shard_mb": shard_mb,
        "limits": asdict(limits),
    }
    if path.exists():
        old = read_about(out)
        for name, value in about.items():
            if old.get(name) != value:
                raise RunFileError(
                    f"{out} cannot be resumed: its {name.replace('_', ' ')} differ from what is asked now",
                    f"They are in {path}: give the same, or choose another folder.",
                )
    else:
        text = json.dumps({**about, "environment": environment()}, indent=1, ensure_ascii=False)
        write_atomically(path, text.encode("utf-8", "replace") + b"\n")
    order = Order(tuple(systems), tuple(keys), limits, out.resolve(), Path.cwd(), uuid4().hex)
    return Crawl(order, tuple(inputs), shard_mb)


def read_about(out: Path) -> dict[str, Any]:
    """What a folder of results is a run of.

    Raises:
        RunFileError: it is not one, or of another version.
    """
    found = read_json(out / _ABOUT, RunFileError)
    if not isinstance(found, dict) or found.get("crawl_version") != CRAWL_VERSION:
        raise RunFileError(f"{out / _ABOUT} is of another version of this program", "Run again.")
    return found
