"""How cost grows with the page: the table of slopes, and a drawing of small panels, one a series. The template draws
the marks; nothing here writes markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, log10
from typing import Any

from goldspan.report import formatting
from goldspan.report.charts import Axes, Frame, Label, Scale, Tick, names_in_margin
from goldspan.report.html_page import asset, template
from goldspan.report.tables import Cell, Grid
from goldspan.speed.growth import ABOUT, LINEAR

Row = Mapping[str, Any]

GROWTH_STYLE = "speed/growth.css"
PANEL_WIDTH, PANEL_HEIGHT = 430.0, 260.0
_ACROSS = 2
_FRAME = Frame(left=54.0, right=PANEL_WIDTH - 118, top=26.0, bottom=PANEL_HEIGHT - 34, edge=PANEL_WIDTH)
_NEAR = 0.15  # so little of a decade needs no decade of its own


@dataclass(frozen=True, slots=True)
class Line:
    """One system in a panel.

    Attributes:
        path: its points, as SVG writes them.
        end: the place of its last point.
        label: the place of its name, if it grows faster than the page or was ended before the largest one.
        ended: it failed on the next larger page.
    """

    name: str
    path: str
    end: tuple[float, float]
    label: Label | None
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
    axes: Axes
    lines: tuple[Line, ...]
    linear: tuple[float, float, float, float]


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
    x = Scale(*sizes, _FRAME.left, _FRAME.right)
    y = Scale(*times, _FRAME.bottom, _FRAME.top)
    length = min(sizes[1] - sizes[0], times[1] - times[0])
    return Panel(
        name,
        ABOUT[name],
        number % _ACROSS * PANEL_WIDTH,
        number // _ACROSS * PANEL_HEIGHT,
        Axes(
            _FRAME,
            tuple(Tick(x(power), size_text(10.0**power)) for power in range(sizes[0], sizes[1] + 1, 2)),
            tuple(Tick(y(power), _time_text(10.0**power)) for power in range(times[0], times[1] + 1)),
        ),
        _lines([(formatting.line(row["label"]), found) for row in rows if (found := row["growth"].get(name))], x, y),
        (x(sizes[0]), y(times[0]), x(sizes[0] + length), y(times[0] + length)),
    )


def _lines(found: Sequence[tuple[str, Row]], x: Scale, y: Scale) -> tuple[Line, ...]:
    """The systems' lines, those with a name last, so that they are drawn over the others."""
    plain: list[Line] = []
    named: list[Line] = []
    for name, series in found:
        if not series["points"]:
            continue
        places = [(x(log10(max(size, 1.0))), y(log10(max(ms, 1e-2)))) for size, ms in series["points"]]
        size, ms = series["points"][-1]
        line = Line(
            name,
            " ".join(f"{px},{py}" for px, py in places),
            places[-1],
            None,
            bool(series["ended"]),
            f"{name}: {ms:.3g} ms at {size_text(size)}, slope {_cell(series).text}",
        )
        (named if series["above_linear"] or series["ended"] else plain).append(line)
    labels = names_in_margin([line.end[1] for line in named], [line.name for line in named], _FRAME)
    return (*plain, *(replace(line, label=label) for line, label in zip(named, labels, strict=True)))


def _time_text(ms: float) -> str:
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms"


def growth_svg(rows: Sequence[Row]) -> str:
    """The drawing as a file of its own; needs rows with growth."""
    return template("speed/growth.svg.j2").render(panels=growth_panels(rows), style=asset(GROWTH_STYLE))
