"""A run over a crawl as tables and as JSON: what systems did on pages without gold, and where they differ."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from goldspan.crawl.disagreement import Disputed, Group, standings
from goldspan.crawl.pairwise_f1 import pairs
from goldspan.crawl.summary import Summary, Tally
from goldspan.model import FAILURES
from goldspan.report import formatting
from goldspan.report.console import print_grid
from goldspan.report.tables import Cell, Grid

ABOUT = (
    "Without gold: nothing here says who is right. Tokens: length of the outputs that are not empty. Calls/s: of one "
    "process, by the time of its own calls. Agreement: mean token F1 with the other systems, where both answered."
)
_SITES, _PAGES = 3, 2


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast it went: pages that were done in this run, and the wall-clock seconds that they took."""

    pages: int
    seconds: float

    @property
    def pages_per_second(self) -> float | None:
        return self.pages / self.seconds if self.pages and self.seconds else None


def agreements(summary: Summary) -> list[float | None]:
    """The mean token F1 of each pair, over the pages on which both answered."""
    return [total / count if count else None for total, count in summary.alike]


def agreement_of(summary: Summary) -> list[float | None]:
    """For each system its mean agreement with the others."""
    means = [float("nan") if value is None else value for value in agreements(summary)]
    return [formatting.known(value) for value in standings(means, len(summary.systems))]


def crawl_data(summary: Summary, pace: Pace, groups: Sequence[Group], faults: Sequence[str]) -> dict[str, Any]:
    """The same as plain data."""
    keys = summary.systems
    return {
        "pages": summary.pages,
        "damaged": summary.damaged,
        "bytes": summary.size,
        "worker_seconds": round(summary.worker_seconds, 3),
        "now": {"pages": pace.pages, "seconds": pace.seconds, "pages_per_second": pace.pages_per_second},
        "systems": [
            {"system": key, **_system_data(summary.tallies[key]), "agreement": agreement}
            for key, agreement in zip(keys, agreement_of(summary), strict=True)
        ],
        "agreement": [
            {"systems": [keys[a], keys[b]], "f1": value}
            for (a, b), value in zip(pairs(len(keys)), agreements(summary), strict=True)
        ],
        "groups": [
            {
                "agreement": one.agreement,
                "standing": dict(zip(keys, one.standing, strict=True)),
                "pages": len(one.pages),
                "sites": one.sites[:_SITES],
                "examples": [page.id for page in one.pages[:_PAGES]],
            }
            for one in groups
        ],
        "failed_shards": list(faults),
    }


def _system_data(tally: Tally) -> dict[str, Any]:
    return {
        "ok": tally.statuses["ok"],
        "empty": tally.statuses["empty"],
        "failures": {kind: tally.statuses[kind] for kind in FAILURES if tally.statuses[kind]},
        "tokens": {name: tally.tokens.quantile(share) for name, share in (("p5", 0.05), ("p50", 0.5), ("p95", 0.95))},
        "ms": {name: tally.ms.quantile(share) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))},
        "calls_per_second": tally.answered / tally.seconds if tally.seconds else None,
        "peak_mb": tally.peak_mb or None,
    }


def crawl_json(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    return text.encode("utf-8", "replace").decode("utf-8")


def crawl_tables(summary: Summary, pace: Pace, groups: Sequence[Group], console: Console) -> None:
    """What was done, by system; how far they agree; the groups of pages on which they differ most."""
    damaged = f", {summary.damaged} records that hold none" if summary.damaged else ""
    rate = f"; now {pace.pages_per_second:.1f} pages a second" if pace.pages_per_second else ""
    console.print(Text(f"{summary.pages} pages{damaged}, {summary.size / 1e6:.1f} MB{rate}"), soft_wrap=True)
    console.print()
    print_grid(system_grid(summary), [formatting.line(key) for key in summary.systems], console)
    if len(summary.systems) > 2:
        console.print()
        print_grid(pair_grid(summary), [formatting.line(key) for key in summary.systems], console)
    if groups:
        console.print()
        _print_groups(summary.systems, groups, console)


def system_grid(summary: Summary) -> Grid:
    """What each system did."""
    heads = (
        ("Empty", "pages"), ("Failures", "pages"), ("Tokens", "p5"), ("Tokens", "median"), ("Tokens", "p95"),
        ("ms", "median"), ("ms", "p95"), ("Calls/s", ""), ("Peak", "MB"), ("Agreement", "F1"),
    )  # fmt: skip
    rows = []
    for key, agreement in zip(summary.systems, agreement_of(summary), strict=True):
        tally = summary.tallies[key]
        found: dict[str, int] = {kind: tally.statuses[kind] for kind in FAILURES if tally.statuses[kind]}
        answered = max(sum(tally.statuses.values()), 1)
        numbers = [tally.tokens.quantile(0.05), tally.tokens.quantile(0.5), tally.tokens.quantile(0.95)]
        numbers += [tally.ms.quantile(0.5), tally.ms.quantile(0.95)]
        numbers += [tally.answered / tally.seconds if tally.seconds else None, tally.peak_mb or None]
        rows.append(
            (
                Cell(formatting.percent(tally.statuses["empty"] / answered), float(tally.statuses["empty"])),
                Cell(formatting.failures(found), float(sum(found.values()))),
                *(Cell(formatting.count(number), number) for number in numbers),
                Cell(formatting.share(agreement), agreement),
            )
        )
    return Grid("What was done by system", ABOUT, heads, tuple(rows))


def pair_grid(summary: Summary) -> Grid:
    """How far each two systems agree."""
    keys = summary.systems
    found = dict(zip(pairs(len(keys)), agreements(summary), strict=True))

    def cell(a: int, b: int) -> Cell:
        value = None if a == b else found[min(a, b), max(a, b)]
        return Cell(formatting.share(value), value)

    return Grid(
        "Agreement by system",
        "Mean token F1 of two systems' outputs.",
        tuple((formatting.line(key), "") for key in keys),
        tuple(tuple(cell(a, b) for b in range(len(keys))) for a in range(len(keys))),
    )


def _print_groups(keys: Sequence[str], groups: Sequence[Group], console: Console) -> None:
    count = sum(len(one.pages) for one in groups)
    console.print(Text(f"The {count} pages on which they differ most, in groups of like quarrels", style="bold"))
    for number, one in enumerate(groups, start=1):
        order = sorted(range(len(keys)), key=lambda i: one.standing[i])
        standing = ", ".join(f"{formatting.line(keys[i])} {formatting.share(one.standing[i])}" for i in order)
        sites = ", ".join(f"{formatting.line(site)} ({pages})" for site, pages in one.sites[:_SITES])
        console.print(Text(f"{number}. {len(one.pages)} pages, agreement {formatting.share(one.agreement)}"))
        console.print(Text(f"   with the others: {standing}"), soft_wrap=True)
        console.print(Text(f"   {sites}"), soft_wrap=True) if sites else None
        for page in one.pages[:_PAGES]:
            console.print(Text(f"   {formatting.line(page.url or page.id)}", style="dim"), soft_wrap=True)


def suggestion_rows(suggested: Sequence[tuple[int, Disputed]]) -> list[dict[str, Any]]:
    """The pages to annotate next as plain data, with where each is found."""
    return [
        {
            "id": page.id,
            "url": page.url,
            "source": page.source,
            "place": page.place,
            "agreement": page.agreement,
            "group": number,
        }
        for number, page in suggested
    ]


def suggestion_table(suggested: Sequence[tuple[int, Disputed]], console: Console) -> None:
    """The pages to annotate next."""
    table = Table(box=None, pad_edge=False)
    for name in ("Group", "Agreement"):
        table.add_column(name, justify="right")
    table.add_column("Page", overflow="fold")
    table.add_column("In", overflow="fold")
    for number, page in suggested:
        table.add_row(
            str(number),
            formatting.share(page.agreement),
            Text(formatting.line(page.url or page.id)),
            Text(f"{formatting.line(page.source)} at {page.place}"),
        )
    console.print(table)
