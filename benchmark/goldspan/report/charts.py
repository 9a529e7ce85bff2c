"""The chart kit: scales, ticks and the places of names, for every chart of the report, of growth and of the site.

It is a small module since three kinds of charts need no more, and since report and site work without network and from
the smallest installation. altair and vl-convert would do it in 94 MB, so only studies draw with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Literal, NamedTuple

LINE = 13.0
"""The height of a line of names."""
_CHAR, _RADIUS = 7.2, 5.0  # the width of a letter, and the radius of a dot
_ABOVE, _BELOW = LINE - 3, 3  # what a line of text takes up above and below where it stands
_BASE = 4  # from the middle of a dot down to where the name beside it stands
_SHIFTS = (0, -0.7, 0.7, -1.2, 1.2, *(sign * lines for lines in range(2, 11) for sign in (-1, 1)))


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The edges of what is drawn in; names may stand as far right as ``edge``."""

    left: float
    right: float
    top: float
    bottom: float
    edge: float


@dataclass(frozen=True, slots=True)
class Axes:
    """A frame and the ticks at its left and at its bottom."""

    frame: Frame
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """The values from ``start`` to ``end`` on the places from ``low`` to ``high``. A logarithmic scale is one of
    logarithms."""

    start: float
    end: float
    low: float
    high: float

    def __call__(self, value: float) -> float:
        return _round(self.low + (value - self.start) / (self.end - self.start) * (self.high - self.low))


def _round(place: float) -> float:
    return round(place, 1)


def round_ends(values: Iterable[float]) -> tuple[float, float]:
    """Round ends around the values: steps of a tenth of their power of ten; never of no length."""
    found = list(values) or [0.0, 1.0]
    step = 10.0 ** floor(log10(max(max(map(abs, found)), 1e-9)))
    step = step if step >= 10 * (max(found) - min(found)) else step / 10
    start, end = floor(min(found) / step + 1e-9) * step, ceil(max(found) / step - 1e-9) * step
    return start, end if end > start else start + step


def round_steps(start: float, end: float, most: int = 6) -> list[float]:
    """Round values from start to end, about as many as given."""
    step = 10.0 ** floor(log10(end - start))
    step = next((s for s in (step / 10, step / 5, step / 2, step) if (end - start) / s <= most + 1e-9), step)
    first = ceil(start / step - 1e-9)
    return [number * step for number in range(first, floor(end / step + 1e-9) + 1)]


def log_steps(start: float, end: float) -> list[float]:
    """Round values between two logarithms: 1, 10, 100, and 2 and 5 between them where the range is short."""
    factors = (1, 2, 5) if end - start < 2.5 else (1,)
    values = [factor * 10.0**power for power in range(floor(start), ceil(end) + 1) for factor in factors]
    return [value for value in values if start <= log10(value) <= end]


@dataclass(frozen=True, slots=True)
class Label:
    """Where a name stands: it begins at its place, or ends there. One that had to give way is led to its dot."""

    x: float
    y: float
    anchor: Literal["start", "end"]
    is_led: bool = False


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


def place_names(
    names: Sequence[str], places: Sequence[Sequence[Label]], taken: Iterable[Box] = (), line: float = LINE
) -> list[Label]:
    """Each name at the first of its places that hides nothing, or at the first of all.

    Args:
        places: where each name may stand, the best first.
        taken: what no name may hide; neither may it hide a name before it.
        line: the height of a name, if lines stand closer than usual.
    """
    boxes = list(taken)
    found = []
    for name, tries in zip(names, places, strict=True):
        width = _CHAR * len(name)
        label = next((label for label in tries if not _hides(_box(label, width, line), boxes)), tries[0])
        boxes.append(_box(label, width, line))
        found.append(label)
    return found


def _box(label: Label, width: float, line: float) -> Box:
    left = label.x if label.anchor == "start" else label.x - width
    return Box(left, label.y + _BELOW - line, left + width, label.y + _BELOW)


def _hides(box: Box, others: Iterable[Box]) -> bool:
    return any(
        box.left < other.right and other.left < box.right and box.top < other.bottom and other.top < box.bottom
        for other in others
    )


def names_beside(points: Sequence[tuple[float, float]], names: Sequence[str], frame: Frame) -> list[Label]:
    """Each point's name beside it where that is free, else a little further up or down."""
    places = [_beside(x, y, _CHAR * len(name), frame) for (x, y), name in zip(points, names, strict=True)]
    dots = [Box(x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS) for x, y in points]
    return place_names(names, places, dots)


def _beside(x: float, y: float, width: float, frame: Frame) -> list[Label]:
    right, left = Label(x + 9, 0, "start"), Label(x - 9, 0, "end")
    sides = [right] if right.x + width <= frame.edge else []
    sides += [left] if left.x - width >= frame.left else []
    rows = [y + _BASE + shift * LINE for shift in _SHIFTS]
    return [
        Label(_round(side.x), _round(row), side.anchor, abs(row - y - _BASE) > 1)
        for row in rows
        if frame.top + _ABOVE <= row <= frame.bottom
        for side in sides or [right]
    ]


def names_in_margin(ends: Sequence[float], names: Sequence[str], frame: Frame) -> list[Label]:
    """The names of lines that end at the right, one below another in the margin: each as near to its line's end as the
    order of the ends allows, and lines of text closer than usual where there are many."""
    count = len(ends)
    line = min(LINE, (frame.bottom - frame.top) / max(1, count - 1))
    lines = max(count, int((frame.bottom - frame.top) / line) + 1)
    slots = [frame.bottom + _BASE - number * line for number in range(lines)]
    lowest_first = sorted(range(count), key=lambda number: -ends[number])
    places = []
    for before, number in enumerate(lowest_first):
        room = range(len(slots) - (count - before) + 1)  # higher up, those that follow would have none
        nearest = min(room, key=lambda slot: abs(slots[slot] - ends[number] - _BASE))
        places.append([Label(frame.right + 8, _round(slot), "start", True) for slot in slots[nearest:]])
    placed = place_names([names[number] for number in lowest_first], places, line=line - 0.2)  # places are rounded
    return [label for _, label in sorted(zip(lowest_first, placed, strict=True), key=lambda item: item[0])]
