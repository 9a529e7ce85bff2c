"""Where the marks of the charts of scores stand: interval bars, and the scatter of accuracy against time. The templates
draw them; nothing here writes markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from goldspan.model import Result
from goldspan.report import formatting
from goldspan.report.charts import (
    Axes,
    Frame,
    Label,
    Scale,
    Tick,
    log_steps,
    names_beside,
    round_ends,
    round_steps,
)
from goldspan.report.formatting import known
from goldspan.report.tables import in_order, lower_is_better, title_of

BAR_WIDTH = 120.0
WIDTH, HEIGHT = 680.0, 400.0
_FRAME = Frame(left=52.0, right=WIDTH - 20, top=14.0, bottom=HEIGHT - 44, edge=WIDTH)


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure and its interval on a scale of :data:`BAR_WIDTH`."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar for each system, or None, on one scale whose ends are written as ``start`` and ``end``."""

    bars: tuple[Bar | None, ...]
    start: str
    end: str
    width: float = BAR_WIDTH


@dataclass(frozen=True, slots=True)
class Dot:
    """A system in the scatter: its place, the ends of its interval and its name."""

    x: float
    y: float
    low: float
    high: float
    name: str
    label: Label
    says: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """The headline against the median time of a call, on a logarithmic scale.

    Attributes:
        frontier: the corners of the line through the systems that no other one beats in both, from the fastest.
    """

    dots: tuple[Dot, ...]
    axes: Axes
    y_title: str
    frontier: tuple[tuple[float, float], ...] = ()
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True, slots=True)
class _Range:
    """A system's headline with the ends of its interval."""

    value: float
    low: float
    high: float


def _ranges(result: Result) -> list[_Range | None]:
    """In the table's order; None where a system has no headline."""
    ranges: list[_Range | None] = []
    for system in in_order(result):
        score = system.scores.get(result.headline)
        value = known(score.value) if score else None
        if score is None or value is None:
            ranges.append(None)
            continue
        low, high = known(score.low), known(score.high)
        ranges.append(_Range(value, value if low is None else low, value if high is None else high))
    return ranges


def interval_bars(result: Result, ends: tuple[float, float] | None = None) -> Bars:
    """The headline's intervals, in the table's order.

    Args:
        ends: of the scale; round ones around the intervals if None.
    """
    ranges = _ranges(result)
    start, end = ends or round_ends(figure for found in ranges if found for figure in (found.low, found.high))
    scale = Scale(start, end, 0.0, BAR_WIDTH)
    bars = [Bar(scale(found.value), scale(found.low), scale(found.high)) if found else None for found in ranges]
    return Bars(tuple(bars), formatting.figure(result.headline, start), formatting.figure(result.headline, end))


def scatter(result: Result) -> Scatter | None:
    """The scatter of the systems that have both figures; None where fewer than two have."""
    short_names = formatting.short_names([system.system for system in result.systems])
    shown = [
        (short_names[system.system.key], ms, found)
        for system, found in zip(in_order(result), _ranges(result), strict=True)
        if found and (ms := known(system.speed.median_ms)) is not None and ms > 0
    ]
    if len(shown) < 2:
        return None
    start, end = round_ends(figure for _, _, found in shown for figure in (found.low, found.high))
    fastest, slowest = (log10(pick(ms for _, ms, _ in shown)) for pick in (min, max))
    fastest, slowest = fastest - 0.1, max(slowest, fastest + 0.3) + 0.25
    x = Scale(fastest, slowest, _FRAME.left, _FRAME.right)
    y = Scale(start, end, _FRAME.bottom, _FRAME.top)
    places = [(x(log10(ms)), y(found.value)) for _, ms, found in shown]
    labels = names_beside(places, [name for name, *_ in shown], _FRAME)
    dots = [
        Dot(
            *place,
            y(found.low),
            y(found.high),
            name,
            label,
            f"{name}: {formatting.figure(result.headline, found.value)}, {ms:.3g} ms",
        )
        for (name, ms, found), place, label in zip(shown, places, labels, strict=True)
    ]
    axes = Axes(
        _FRAME,
        tuple(Tick(x(log10(ms)), f"{ms:g}") for ms in log_steps(fastest, slowest)),
        tuple(Tick(y(value), formatting.figure(result.headline, value)) for value in round_steps(start, end)),
    )
    frontier = () if lower_is_better(result) else _frontier(places)
    return Scatter(tuple(dots), axes, title_of(result.headline), frontier)


def _frontier(places: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """A staircase through the places that have no other one above them on their left."""
    corners: list[tuple[float, float]] = []
    for px, py in sorted(places):
        if not corners:
            corners.append((px, py))
        elif py < corners[-1][1]:
            corners += [(px, corners[-1][1]), (px, py)]
    return tuple(corners)
