"""What systems cost, as tables, JSON and HTML. A row is what ``SystemSpeed.row`` makes, with ``growth`` where that was
measured."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from goldspan.report import formatting
from goldspan.report.console import print_grid
from goldspan.report.html import shade
from goldspan.report.html_page import asset, content_policy, template
from goldspan.report.markdown import grid_table
from goldspan.report.tables import Cell, Grid
from goldspan.speed.growth_report import GROWTH_STYLE, above_linear, growth_grid, growth_panels

Row = Mapping[str, Any]

ABOUT = (
    "Units: CPU time by that of one lexbor parse of the same page, with its 95 % interval over the rounds. Cold: "
    "import and first page. Warm, p95 and CPU: milliseconds a page, by the wall clock and by the CPU's. Pages/s: "
    "through the guarded run, on so many workers. Slope: of log CPU time against log bytes, over the pages. Leak: MB "
    "that the process grows by in 1,000 pages."
)


def _number(value: float | None) -> str:
    """Three significant digits, without an exponent."""
    if value is None:
        return formatting.NONE
    if value == 0:
        return "0"
    text = f"{value:.3g}"
    return f"{value:.0f}" if "e+" in text else text


def _units(row: Row) -> Cell:
    low, high = row["parse_units_low"], row["parse_units_high"]
    note = f"[{_number(low)} {_number(high)}]" if low is not None else ""
    return Cell(_number(row["parse_units"]), row["parse_units"], note)


def _plain(name: str, scale: float = 1.0) -> Callable[[Row], Cell]:
    def cell(row: Row) -> Cell:
        value = None if row[name] is None else row[name] * scale
        return Cell(_number(value), value)

    return cell


def _slope(row: Row) -> Cell:
    value = row["size_slope"]
    return Cell(formatting.NONE if value is None else f"{value:.2f}", value)


def _leak(row: Row) -> Cell:
    value = row["slope_mb"]
    return Cell(formatting.NONE if value is None else f"{value:.1f}".replace("-0.0", "0.0"), value)


def _failed(row: Row) -> Cell:
    found = row["failures"]
    return Cell(formatting.failures(found), float(sum(found.values())))


def speed_grid(rows: Sequence[Row]) -> Grid:
    """Every figure of every system."""
    workers = max(row["workers"] for row in rows)
    columns: tuple[tuple[str, str, Callable[[Row], Cell]], ...] = (
        ("Units", "parses", _units),
        ("Cold", "ms", _plain("cold_ms")),
        ("Warm", "ms", _plain("warm_ms")),
        ("p95", "ms", _plain("p95_ms")),
        ("CPU", "ms", _plain("cpu_ms")),
        ("Pages/s", "×1", _plain("pages_per_second")),
        ("Pages/s", f"×{workers}", _plain("pages_per_second_workers")),
        ("HTML", "MB/s", _plain("bytes_per_second", 1e-6)),
        ("Slope", "", _slope),
        ("Peak", "MB", _plain("peak_mb")),
        ("Leak", "MB", _leak),
        ("Failures", "pages", _failed),
    )
    return Grid(
        "Speed and memory by system",
        ABOUT,
        tuple((title, note) for title, note, _ in columns),
        tuple(tuple(cell(row) for _, _, cell in columns) for row in rows),
    )


def change_grid(pairs: Sequence[tuple[Row, Row]], names: Sequence[str]) -> Grid:
    """How each figure changed since an earlier run."""

    def change(now: float | None, before: float | None) -> Cell:
        if now is None or not before:
            return Cell(formatting.NONE)
        return Cell(f"{now / before - 1:+.1%}", now / before - 1)

    return Grid(
        "Change by system",
        "Against the earlier run; only parse units mean the same on another machine, or on a busier one.",
        tuple((name, "") for name in names),
        tuple(tuple(change(now.get(name), before.get(name)) for name in names) for now, before in pairs),
    )


def names_of(rows: Sequence[Row]) -> list[str]:
    return [formatting.line(row["key"]) for row in rows]


def _grids(rows: Sequence[Row]) -> list[Grid]:
    return [grid for grid in (speed_grid(rows), growth_grid(rows)) if grid]


def speed_table(rows: Sequence[Row], console: Console) -> None:
    """The tables on a terminal, what grows too fast, and the protocol."""
    for grid in _grids(rows):
        print_grid(grid, names_of(rows), console)
    for line in above_linear(rows):
        console.print(Text(line, style="yellow"), soft_wrap=True)
    console.print(Text(formatting.line(rows[0]["protocol"]), style="bold"), soft_wrap=True)


def change_table(pairs: Sequence[tuple[Row, Row]], names: Sequence[str], console: Console) -> None:
    """The changes on a terminal."""
    print_grid(change_grid(pairs, names), names_of([now for now, _ in pairs]), console)


def speed_markdown(rows: Sequence[Row]) -> str:
    """The table of figures and the protocol."""
    return f"{grid_table(speed_grid(rows), names_of(rows))}\n\nProtocol: `{formatting.line(rows[0]['protocol'])}`\n"


def growth_markdown(rows: Sequence[Row]) -> str:
    """The table of slopes, and what grows too fast."""
    lines = "\n".join(f"- {line}" for line in above_linear(rows))
    return f"{grid_table(growth_grid(rows), names_of(rows))}\n\n{lines}\n"


def speed_json(rows: Sequence[Row]) -> str:
    """A JSON array, a row a line."""
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    return "[\n" + ",\n".join(lines).encode("utf-8", "replace").decode("utf-8") + "\n]\n"


def speed_html(rows: Sequence[Row], environment: Mapping[str, str]) -> str:
    """One HTML file that needs nothing else."""
    style, script = asset("style.css") + asset(GROWTH_STYLE), asset("sort.js")
    return template("speed/speed.html.j2").render(
        title="Goldspan speed",
        style=style,
        script=script,
        policy=content_policy(style, script),
        protocol=rows[0]["protocol"],
        names=names_of(rows),
        grids=[(grid, shade if number else None) for number, grid in enumerate(_grids(rows))],
        panels=growth_panels(rows),
        above=above_linear(rows),
        environment=environment,
    )
