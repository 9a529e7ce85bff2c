"""Where the marks of the two drawings stand: interval bars and the scatter of accuracy against time. The template draws
them; nothing here writes markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Literal

from goldspan.model import Result
from goldspan.report import formatting
from goldspan.report.formatting import known
from goldspan.report.tables import in_order, lower_is_better, title_of

BAR_WIDTH = 120.0
WIDTH, HEIGHT = 680.0, 400.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 20.0, 14.0, 44.0
_CHAR, _LINE = 7.2, 13.0  # the size of a letter of the labels
_RADIUS = 5.0
_SHIFTS = (0, -0.7, 0.7, -1.2, 1.2, *(sign * lines for lines in range(2, 11) for sign in (-1, 1)))


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


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Label:
    """Where a name stands: it begins at its place, or ends there. One that had to give way is led to its dot."""

    x: float
    y: float
    anchor: Literal["start", "end"]
    is_led: bool = False


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
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    y_title: str
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    top: float = _TOP
    bottom: float = HEIGHT - _BOTTOM
    frontier: tuple[tuple[float, float], ...] = ()


def interval_bars(result: Result) -> Bars:
    """The headline's intervals, in the table's order."""
    ranges: list[tuple[float, float, float] | None] = []
    for system in in_order(result):
        score = system.scores.get(result.headline)
        value = known(score.value) if score else None
        if score is None or value is None:
            ranges.append(None)
            continue
        low, high = known(score.low), known(score.high)
        ranges.append((value, value if low is None else low, value if high is None else high))
    start, end = _scale(figure for found in ranges if found for figure in found)
    bars = [
        Bar(*(_round(BAR_WIDTH * (figure - start) / (end - start)) for figure in found)) if found else None
        for found in ranges
    ]
    return Bars(tuple(bars), formatting.figure(result.headline, start), formatting.figure(result.headline, end))


def _scale(values: Iterable[float]) -> tuple[float, float]:
    """Round ends around the values: steps of a tenth of their power of ten; never of no length."""
    found = list(values) or [0.0, 1.0]
    step = 10.0 ** floor(log10(max(max(map(abs, found)), 1e-9)))
    step = step if step >= 10 * (max(found) - min(found)) else step / 10
    start, end = floor(min(found) / step + 1e-9) * step, ceil(max(found) / step - 1e-9) * step
    return start, end if end > start else start + step


def _round(value: float) -> float:
    return round(value, 1)


def scatter(result: Result) -> Scatter | None:
    """The scatter of the systems that have both figures; None where fewer than two have."""
    shown = []
    names = formatting.short_names([system.system for system in result.systems])
    for system in in_order(result):
        score = system.scores.get(result.headline)
        value, ms = known(score.value) if score else None, known(system.speed.median_ms)
        if score is not None and value is not None and ms is not None and ms > 0:
            low, high = known(score.low), known(score.high)
            ends = (value if low is None else low, value if high is None else high)
            shown.append((names[system.system.key], ms, value, *ends))
    if len(shown) < 2:
        return None
    start, end = _scale(figure for item in shown for figure in item[2:])
    fastest, slowest = (log10(pick(item[1] for item in shown)) for pick in (min, max))
    fastest, slowest = fastest - 0.1, max(slowest, fastest + 0.3) + 0.25

    def x(ms: float) -> float:
        return _round(_LEFT + (log10(ms) - fastest) / (slowest - fastest) * (WIDTH - _LEFT - _RIGHT))

    def y(value: float) -> float:
        return _round(HEIGHT - _BOTTOM - (value - start) / (end - start) * (HEIGHT - _TOP - _BOTTOM))

    places = [(x(ms), y(value)) for _, ms, value, _, _ in shown]
    labels = _label_places(places, [name for name, *_ in shown])
    dots = [
        Dot(*place, y(low), y(high), name, label, f"{name}: {formatting.figure(result.headline, value)}, {ms:.3g} ms")
        for (name, ms, value, low, high), place, label in zip(shown, places, labels, strict=True)
    ]
    return Scatter(
        tuple(dots),
        tuple(Tick(x(ms), f"{ms:g}") for ms in _times(fastest, slowest)),
        tuple(Tick(y(value), formatting.figure(result.headline, value)) for value in _steps(start, end)),
        title_of(result.headline),
        frontier=() if lower_is_better(result) else _frontier(places),
    )


def _frontier(places: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """A staircase through the places that have no other one above them on their left."""
    corners: list[tuple[float, float]] = []
    for px, py in sorted(places):
        if not corners:
            corners.append((px, py))
        elif py < corners[-1][1]:
            corners += [(px, corners[-1][1]), (px, py)]
    return tuple(corners)


def _times(fastest: float, slowest: float) -> list[float]:
    """Round times between two powers of ten: 1, 10, 100, and 2 and 5 between them where the range is short."""
    factors = (1, 2, 5) if slowest - fastest < 2.5 else (1,)
    times = [factor * 10.0**power for power in range(floor(fastest), ceil(slowest) + 1) for factor in factors]
    return [ms for ms in times if fastest <= log10(ms) <= slowest]


def _steps(start: float, end: float, most: int = 6) -> list[float]:
    step = 10.0 ** floor(log10(end - start))
    step = next((s for s in (step / 10, step / 5, step / 2, step) if (end - start) / s <= most + 1e-9), step)
    first = ceil(start / step - 1e-9)
    return [number * step for number in range(first, floor(end / step + 1e-9) + 1)]


def _label_places(points: Sequence[tuple[float, float]], names: Sequence[str]) -> list[Label]:
    """Where each point's name stands: beside it where that is free, else a little further up or down."""
    boxes = [(px - _RADIUS, py - _RADIUS, px + _RADIUS, py + _RADIUS) for px, py in points]
    labels = []
    for (px, py), name in zip(points, names, strict=True):
        width = _CHAR * len(name)
        rows = [py + 4 + shift * _LINE for shift in _SHIFTS]
        sides = [Label(px + 9, 0, "start")] if px + 9 + width <= WIDTH else []
        sides += [Label(px - 9, 0, "end")] if px - 9 - width >= _LEFT else []
        tries = [
            Label(_round(side.x), _round(row), side.anchor, abs(row - py - 4) > 1)
            for row in rows
            if _TOP + 10 <= row <= HEIGHT - _BOTTOM
            for side in sides or [Label(px + 9, 0, "start")]
        ]
        label = next((label for label in tries if not _hits(_box(label, width), boxes)), tries[0])
        boxes.append(_box(label, width))
        labels.append(label)
    return labels


def _box(label: Label, width: float) -> tuple[float, float, float, float]:
    left = label.x if label.anchor == "start" else label.x - width
    return left, label.y - _LINE + 3, left + width, label.y + 3


def _hits(box: tuple[float, float, float, float], others: Sequence[tuple[float, float, float, float]]) -> bool:
    return any(box[0] < x1 and x0 < box[2] and box[1] < y1 and y0 < box[3] for x0, y0, x1, y1 in others)
