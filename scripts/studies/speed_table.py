#!/usr/bin/env python3
"""Fill annotations/figures/speed.md: `scripts/studies/speed_table.py`, on a machine that does nothing else.

  --part table       every figure of the systems, and the parse units of a second run
  --part growth      how time grows with the page, and the drawing
  --part stability   parse units and milliseconds, five runs idle and five with the other core loaded
  --corpus SPEC      what is measured on; article-extraction-benchmark if it lies beside the checkout, else the core set
  --keep FOLDER      where what was measured is kept, as JSON; what is there already is not measured again
  --quick            a few pages and systems, to try the script; fills in nothing and prints instead

Without --part it does all three, which takes about 35 minutes on two cores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from checkout import FIGURES, GUIDES, ROOT
from documents import Report, settle
from goldspan.extractors.registry import REGISTERED
from goldspan.model import Limits
from goldspan.report.markdown import grid_table
from goldspan.report.tables import Cell, Grid
from goldspan.sandbox.environment import environment
from goldspan.speed.bench_session import Order, run_session
from goldspan.speed.growth_report import above_linear, growth_svg
from goldspan.speed.report import growth_markdown, names_of, speed_grid
from goldspan.speed.study import Plan
from study import add_pages, launch, parser_of

GUIDE = GUIDES / "speed" / "README.md"
SYSTEMS = (*(name for name in REGISTERED if name != "nothing"), "trafilatura?fast=true")
GROWING = tuple(name for name in SYSTEMS if name not in ("trafilatura?fast=true", "boilerpy3-default"))
"""One of each library."""
STEADY = ("trafilatura", "resiliparse", "readability-lxml", "justext", "boilerpy3-article", "goose3", "selectolax-text")
RUNS = 5
PAGES, STEADY_PAGES = 24, 20
UNITS_ALONE = ("--repeats", "0", "--seconds", "0")
GROWTH = ("--growth", "--timeout", "10", *UNITS_ALONE, "--benchmark-min-rounds=1", "--benchmark-max-time=0.001")
PARTS = ("table", "growth", "stability")
GENERATOR = """
from selectolax.lexbor import LexborHTMLParser
page = "<!DOCTYPE html><body>" + "<div><p>Some <b>words</b> with <a href='/x'>a link</a>.</p></div>" * 3000
while True:
    LexborHTMLParser(page)
"""


class Kept:
    """What was measured, in a folder if one is named.

    Args:
        folder: None to keep nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def __call__(self, name: str, measure: Callable[[], Any]) -> Any:
        """What is kept under a name, or what the measurement gives."""
        path = self.folder and self.folder / f"{name}.json"
        if path and path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
        found = measure()
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(found), encoding="utf-8")
        return found


def rows_of(systems: Sequence[str], corpus: str, *options: str) -> list[dict[str, Any]]:
    """What the command says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.json")
        words = ["speed", *systems, "--corpus", corpus, "--json", str(path), *options]
        subprocess.run(
            [sys.executable, "-c", "from goldspan.cli import main; main()", *words], cwd=ROOT, check=True, stdout=2
        )
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return rows


def table(kept: Kept, systems: Sequence[str], corpus: str, *options: str) -> tuple[str, str]:
    """The headline and the table, with the parse units of a second run beside the first."""
    first = kept("first", lambda: rows_of(systems, corpus, *options))
    second = kept("second", lambda: rows_of(systems, corpus, *options, *UNITS_ALONE))
    again = {row["label"]: row["parse_units"] for row in second}
    order = sorted(first, key=lambda row: row["parse_units"] or 0)
    grid = speed_grid(order)
    changes = [again[row["label"]] / row["parse_units"] - 1 for row in order]
    cells = tuple((*cells, Cell(f"{change:+.1%}")) for cells, change in zip(grid.cells, changes, strict=True))
    grid = replace(grid, heads=(*grid.heads, ("Again", "units")), cells=cells)
    facts = environment()
    cheapest, dearest = ((row["label"], row["parse_units"]) for row in (order[0], order[-1]))
    headline = f"From {cheapest[0]} with {cheapest[1]:.3g} parse units a page to {dearest[0]} with {dearest[1]:.3g}."
    return headline, (
        f"{grid_table(grid, names_of(order))}\n\nPython {facts['python']}, {facts['platform']}, {facts['cores']} cores."
        f" Protocol: `{order[0]['protocol']}`. *Again*: what a second run changed in parse units, at most "
        f"{max(map(abs, changes)):.1%}."
    )


def growth(kept: Kept, systems: Sequence[str], corpus: str, *options: str) -> list[dict[str, Any]]:
    """The rows with growth. Every second system is measured at the same time as the others, on a core of its own: a
    slope needs no machine that does nothing else."""

    def measure() -> list[dict[str, Any]]:
        halves = [half for half in (systems[::2], systems[1::2]) if half]
        with ThreadPoolExecutor(len(halves)) as pool:
            found = list(pool.map(lambda half: rows_of(half, corpus, *GROWTH, *options), halves))
        return [found[number % 2][number // 2] for number in range(len(systems))]

    rows: list[dict[str, Any]] = kept("growth", measure)
    return rows


def growth_parts(rows: Sequence[dict[str, Any]]) -> tuple[str, str]:
    """The headline and the table of growth."""
    headline = f"{len(above_linear(rows))} of {len(rows)} systems are above linear in some way of growing."
    return headline, growth_markdown(rows)


@contextmanager
def load(wanted: bool) -> Iterator[None]:
    """The generator on every core but the first, if wanted."""
    cores = sorted(os.sched_getaffinity(0))[1:] if wanted else []
    processes = []
    for core in cores:
        process = subprocess.Popen([sys.executable, "-c", GENERATOR])
        os.sched_setaffinity(process.pid, {core})
        processes.append(process)
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def stability(kept: Kept, systems: Sequence[str], corpus: str, pages: int, runs: int) -> tuple[str, str]:
    """Runs by turns idle and loaded: how far parse units and milliseconds move."""
    plan = Plan(Limits(), starts=0, repeats=0, seconds=0)

    def measure(loaded: bool) -> list[Any]:
        others = psutil.cpu_percent(3)
        with load(loaded):
            outcome = run_session(Order(tuple(systems), corpus, pages, plan), lambda event: None)
        return [others, list(outcome.rows.values())]

    found: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    others = []
    for number in range(2 * runs):
        loaded = bool(number % 2)
        other, rows = kept(f"run-{number}", partial(measure, loaded))
        others.append(other)
        found[loaded].append({row["label"]: row for row in rows})
        print(f"run {number + 1} of {2 * runs}", file=sys.stderr)
    labels = list(found[False][0])
    grid = Grid("Stability", "", HEADS, tuple(moved(label, found) for label in labels))
    units, warm = (max(spread(label, name, found) for label in labels) for name in ("parse_units", "warm_ms"))
    headline = f"Parse units spread by at most {units:.1%}, milliseconds by up to {warm:.1%}."
    return headline, (
        f"{grid_table(grid, labels)}\n\nOther work took "
        f"{', '.join(f'{one:.0f}' for one in others)} % of the machine's CPU before each run."
    )


HEADS = (
    ("Units", "idle"), ("Units", "loaded"), ("Units", "spread"), ("Warm ms", "idle"), ("Warm ms", "loaded"),
    ("Warm ms", "spread"), ("CPU ms", "spread"),
)  # fmt: skip


def values_of(label: str, name: str, found: Mapping[bool, Sequence[dict[str, Any]]], *which: bool) -> list[float]:
    """A figure of a system in the runs idle, loaded or both."""
    return [run[label][name] for loaded in which for run in found[loaded]]


def spread(label: str, name: str, found: Mapping[bool, Sequence[dict[str, Any]]]) -> float:
    """How much greater the greatest of all runs is than the least."""
    both = values_of(label, name, found, False, True)
    return max(both) / min(both) - 1


def moved(label: str, found: Mapping[bool, Sequence[dict[str, Any]]]) -> tuple[Cell, ...]:
    """A system's row: the range of its figures idle and loaded, and the spread over all runs."""

    def cells(name: str) -> tuple[Cell, ...]:
        spans = []
        for loaded in (False, True):
            values = values_of(label, name, found, loaded)
            spans.append(Cell(f"{min(values):.3g}–{max(values):.3g}"))
        return (*spans, Cell(f"{spread(label, name, found):.1%}"))

    return (*cells("parse_units"), *cells("warm_ms"), cells("cpu_ms")[-1])


def main() -> int:
    parser = parser_of(__doc__)
    parser.add_argument("--part", action="append", choices=PARTS)
    add_pages(parser)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    quick, corpus, kept = options.quick, options.corpus, Kept(options.keep)
    systems = ("resiliparse", "selectolax-text", "everything") if quick else SYSTEMS
    few = ("--pages", "6", "--seconds", "0.2") if quick else ("--pages", str(PAGES))
    for part in options.part or PARTS:
        if part == "table":
            found = table(kept, systems, corpus, *few)
        elif part == "growth":
            rows = growth(kept, systems if quick else GROWING, corpus, *few, *(("--largest", "0.1") if quick else ()))
            found = growth_parts(rows)
            if not quick:
                (FIGURES / "growth.svg").write_text(growth_svg(rows), encoding="utf-8")
        else:
            found = stability(kept, *((systems, corpus, 6, 2) if quick else (STEADY, corpus, STEADY_PAGES, RUNS)))
        settle(Report("speed.md", part, GUIDE).parts(*found), "print" if quick else "write")
    return 0


if __name__ == "__main__":
    launch(main)
