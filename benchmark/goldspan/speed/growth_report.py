"""How cost grows with the page: the table of slopes, and a drawing of small panels, one a series. The template draws
the marks; nothing here writes markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

from goldspan.report import formatting
from goldspan.report.charts import Tick
from goldspan.report.html_page import asset, template
from goldspan.report.tables import Cell, Grid
from goldspan.speed.growth import ABOUT, LINEAR

Row = Mapping[str, Any]

GROWTH_STYLE = "speed/growth.css"
PANEL_WIDTH, PANEL_HEIGHT = 430.0, 260.0
_ACROSS = 2
_LEFT, _RIGHT, _TOP, _BOTTOM = 54.0, 118.0, 26.0, 34.0
_LINE = 12.0  # between two names, or less where there are many
_NEAR = 0.15  # so little of a decade needs no decade of its own


@dataclass(frozen=True, slots=True)
class Line:
    """One system in a panel.

    Attributes:
        path: its points, as SVG writes them.
        marked: it grows faster than the page, or was ended before the largest page.
        end: the place of its last point.
        label_y: the place of its name, if it is marked.
        ended: it failed on the next larger page.
    """

    name: str
    path: str
    marked: bool
    end: tuple[float, float]
    label_y: float
    ended: bool
    says: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One series.

    Attributes:
        x, y: its corner in the drawing.
        linear: the ends of a line along which time grows as the page does.
    """

    title: str
    about: str
    x: float
    y: float
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    linear: tuple[float, float, float, float]
    left: float = _LEFT
    right: float = PANEL_WIDTH - _RIGHT
    top: float = _TOP
    bottom: float = PANEL_HEIGHT - _BOTTOM


def size_text(size: float) -> str:
    """``1 kB``, ``316 kB``, ``10 MB``."""
    return f"{size / 1e6:.3g} MB" if size >= 999_500 else f"{size / 1e3:.3g} kB"


def _grown(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.get("growth")]


def growth_grid(rows: Sequence[Row]) -> Grid:
    """The slopes of every system; without columns where growth was not measured."""
    shown = [name for name in ABOUT if any(name in row["growth"] for row in _grown(rows))]
    return Grid(
        "Growth by series",
        "The slope of log CPU time against log bytes over all sizes, and beside it over the last decade of them: 1 is "
        f"linear, more than {LINEAR:g} is named. Or the size at which a system failed, and how.",
        tuple((name, ABOUT[name]) for name in shown),
        tuple(tuple(_cell((row.get("growth") or {}).get(name)) for name in shown) for row in rows),
    )


def _cell(series: Row | None) -> Cell:
    if series is None:
        return Cell(formatting.NONE)
    slope, tail, ended = series["slope"], series["tail"], series["ended"]
    notes = [f"→ {tail:.2f}"] if tail is not None else []
    notes += [f"{ended['kind']} at {size_text(ended['bytes'])}"] if ended else []
    known = [value for value in (slope, tail) if value is not None]
    return Cell(
        formatting.NONE if slope is None else f"{slope:.2f}",
        max(0.0, *known) if known else None,
        ", ".join(notes),
        best=False,
    )


def above_linear(rows: Sequence[Row]) -> list[str]:
    """A line for each system that grows faster than the page in some series, with its slopes there."""
    lines = []
    for row in _grown(rows):
        found = [
            (name, _cell({**series, "ended": None})) for name, series in row["growth"].items() if series["above_linear"]
        ]
        if found:
            named = ", ".join(f"{name} ({f'{cell.text} {cell.note}'.strip()})" for name, cell in found)
            lines.append(f"{formatting.line(row['label'])} is above linear in {named}")
    return lines


def growth_panels(rows: Sequence[Row]) -> tuple[Panel, ...]:
    """The panels; none where growth was not measured."""
    grown = _grown(rows)
    points = [point for row in grown for series in row["growth"].values() for point in series["points"]]
    if not points:
        return ()
    scales = [(floor(log10(min(ends)) + _NEAR), ceil(log10(max(ends)) - _NEAR)) for ends in _ends(points)]
    shown = [name for name in ABOUT if any(row["growth"].get(name, {}).get("points") for row in grown)]
    return tuple(_panel(name, number, grown, *scales) for number, name in enumerate(shown))


def _ends(points: Sequence[Sequence[float]]) -> tuple[list[float], list[float]]:
    return [max(point[0], 1.0) for point in points], [max(point[1], 1e-2) for point in points]


def _panel(name: str, number: int, rows: Sequence[Row], sizes: tuple[int, int], times: tuple[int, int]) -> Panel:
    times = (times[0], max(times[1], times[0] + 1))
    sizes = (sizes[0], max(sizes[1], sizes[0] + 1))
    right, bottom = PANEL_WIDTH - _RIGHT, PANEL_HEIGHT - _BOTTOM

    def x(size: float) -> float:
        return round(_LEFT + (log10(max(size, 1.0)) - sizes[0]) / (sizes[1] - sizes[0]) * (right - _LEFT), 1)

    def y(ms: float) -> float:
        return round(bottom - (log10(max(ms, 1e-2)) - times[0]) / (times[1] - times[0]) * (bottom - _TOP), 1)

    lines = []
    for row in rows:
        series = row["growth"].get(name)
        if not series or not series["points"]:
            continue
        places = [(x(size), y(ms)) for size, ms in series["points"]]
        size, ms = series["points"][-1]
        lines.append(
            Line(
                formatting.line(row["label"]),
                " ".join(f"{px},{py}" for px, py in places),
                bool(series["above_linear"] or series["ended"]),
                places[-1],
                places[-1][1] + 4,
                bool(series["ended"]),
                f"{formatting.line(row['label'])}: {ms:.3g} ms at {size_text(size)}, slope {_cell(series).text}",
            )
        )
    length = min(sizes[1] - sizes[0], times[1] - times[0])
    return Panel(
        name,
        ABOUT[name],
        number % _ACROSS * PANEL_WIDTH,
        number // _ACROSS * PANEL_HEIGHT,
        _spread(lines, bottom),
        tuple(Tick(x(10.0**power), size_text(10.0**power)) for power in range(sizes[0], sizes[1] + 1, 2)),
        tuple(Tick(y(10.0**power), _time_text(10.0**power)) for power in range(times[0], times[1] + 1)),
        (x(10.0 ** sizes[0]), y(10.0 ** times[0]), x(10.0 ** (sizes[0] + length)), y(10.0 ** (times[0] + length))),
    )


def _time_text(ms: float) -> str:
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms"


def _spread(lines: Sequence[Line], bottom: float) -> tuple[Line, ...]:
    """The names of the marked lines moved apart, from the lowest up, and none so high that the rest have no room."""
    free = bottom + 4
    left = sum(line.marked for line in lines)
    apart = min(_LINE, (bottom - _TOP) / max(1, left - 1))
    placed = []
    for line in sorted(lines, key=lambda line: -line.end[1]):
        label_y = line.label_y
        if line.marked:
            left -= 1
            label_y = min(max(label_y, _TOP + 4 + left * apart), free)
            free = label_y - apart
        placed.append(Line(line.name, line.path, line.marked, line.end, round(label_y, 1), line.ended, line.says))
    return tuple(sorted(placed, key=lambda line: line.marked))


def growth_svg(rows: Sequence[Row]) -> str:
    """The drawing as a file of its own; needs rows with growth."""
    return template("speed/growth.svg.j2").render(panels=growth_panels(rows), style=asset(GROWTH_STYLE))
