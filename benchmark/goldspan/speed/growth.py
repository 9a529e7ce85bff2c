"""How cost grows with the page: over pages of a corpus, over a page or an article that is made longer, and over pages
that are large in one way, from 1 kB to 10 MB."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from goldspan.model import Limits
from goldspan.speed.subject import SpeedPage, Subject, VisitFailed

SIZES = tuple(round(10 ** (power / 2)) for power in range(6, 15))
"""Bytes, two a decade: 1 kB to 10 MB."""
LINEAR = 1.2
"""The slope from which a cost grows faster than the page; n·log n stays below it."""
_QUICK_MS = 100.0  # a page below this is done three times, and its least time counts
_WORD = "heron pond village winter miller frost barge sluice meadow ferry"
_HEAD = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Herons</title></head><body>'
_TAIL = "</body></html>"

Build = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Point:
    """CPU time of a page of a size."""

    bytes: int
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Series:
    """One system over pages of growing size.

    Attributes:
        points: the pages that it did.
        slope: of log time against log bytes, over all points; None where there are too few.
        tail: the same over the last decade of sizes.
        ended: the smallest size at which it failed, and the kind of failure; no larger one was tried.
    """

    name: str
    points: tuple[Point, ...]
    slope: float | None
    tail: float | None
    ended: tuple[int, str] | None = None

    @property
    def is_above_linear(self) -> bool:
        return any(slope is not None and slope > LINEAR for slope in (self.slope, self.tail))

    def row(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "slope": self.slope and round(self.slope, 3),
            "tail": self.tail and round(self.tail, 3),
            "above_linear": self.is_above_linear,
            "ended": {"bytes": self.ended[0], "kind": self.ended[1]} if self.ended else None,
            "points": [[point.bytes, round(point.cpu_ms, 3)] for point in self.points],
        }


def _times(piece: str, size: int) -> str:
    """A piece repeated until it fills a size."""
    return piece * max(1, (size - len(_HEAD) - len(_TAIL)) // len(piece.encode()))


def _nested(begin: str, end: str, size: int) -> str:
    depth = max(1, (size - len(_HEAD) - len(_TAIL)) // (len(begin) + len(end)))
    return begin * depth + _WORD + end * depth


def _attributes(size: int) -> str:
    width = len(' a1234567="x"')
    return "<p " + " ".join(f'a{n:07d}="x"' for n in range(max(1, (size - len(_HEAD)) // width))) + f">{_WORD}</p>"


_SECTION = (
    f"<section><h2>{_WORD}</h2><p>The {_WORD}, said the miller, had <a href='/sluice'>come back</a> in spring.</p>"
    f"<p>Nobody in the village had <em>expected</em> that: {_WORD}, and the ferry besides.</p>"
    f"<ul><li>{_WORD}</li><li>eels</li></ul>"
    f"<figure><img src='/heron.jpg' alt='A heron'><figcaption>{_WORD}</figcaption></figure></section>"
)

MADE: Mapping[str, tuple[str, Build]] = {
    "article": ("a made-up article of many sections", lambda size: f"<article>{_times(_SECTION, size)}</article>"),
    "depth": ("elements in each other", lambda size: _nested("<div>", "</div>", size)),
    "siblings": ("paragraphs beside each other", lambda size: _times(f"<p>{_WORD}</p>", size)),
    "text": ("one paragraph with one text node", lambda size: f"<p>{_times(_WORD + ' ', size)}</p>"),
    "attributes": ("one element with many attributes", _attributes),
    "inline": ("one paragraph with many inline elements", lambda size: f"<p>{_times(f'<b>{_WORD}</b> ', size)}</p>"),
    "links": ("paragraphs with a link each", lambda size: _times(f'<p><a href="/heron">{_WORD}</a></p>', size)),
    "tables": ("tables in tables", lambda size: _nested("<table><tr><td>", "</td></tr></table>", size)),
}
"""The invented pages, an article and seven that are large in one way only: what each is, and the body of one of a given
number of bytes."""

REPEATED = "repeated"
CORPUS = "corpus"
ABOUT: Mapping[str, str] = {
    CORPUS: "pages of the corpus",
    REPEATED: "a page of the corpus, its body repeated",
    **{name: about for name, (about, _) in MADE.items()},
}
"""Every series in the order of the reports."""


def made_page(name: str, size: int) -> SpeedPage:
    """An invented page of about a given number of bytes."""
    return _made(f"{name}-{size}", _HEAD + MADE[name][1](size) + _TAIL)


def repeated_page(page: SpeedPage, size: int) -> SpeedPage:
    """A page whose body is repeated to fill about a given number of bytes; at least the page itself."""
    found = re.search(r"(?is)\A(.*?<body\b[^>]*>)(.*)(</body>.*)\Z", page.html)
    before, body, after = found.groups() if found else ("", page.html, "")
    rest = len((before + after).encode())
    return _made(f"{REPEATED}-{size}", before + body * max(1, round((size - rest) / len(body.encode()))) + after)


def _made(name: str, html: str) -> SpeedPage:
    return SpeedPage(name, html, html.encode(), "https://herons.example/pond")


def series_pages(name: str, corpus: Sequence[SpeedPage], largest: int) -> list[SpeedPage]:
    """The pages of a series, from small to large.

    Args:
        name: one of :data:`ABOUT`.
        corpus: pages of a corpus.
        largest: bytes of the largest page that is made.
    """
    by_size = sorted(corpus, key=lambda page: len(page.data))
    sizes = [size for size in SIZES if size <= largest]
    if name == CORPUS:
        return by_size
    if name == REPEATED:
        middle = by_size[len(by_size) // 2]
        return [middle, *(repeated_page(middle, size) for size in sizes if size >= 2 * len(middle.data))]
    return [made_page(name, size) for size in sizes]


def measure_series(spec: str, limits: Limits, name: str, pages: Sequence[SpeedPage]) -> Series:
    """A system over pages of growing size, in a process of its own. Where it fails on a page that was made, no larger
    one is tried; a corpus's pages are each tried.

    Raises:
        ExtractorError: it cannot be started.
    """
    points: list[Point] = []
    ended = None
    with Subject(spec, limits) as subject:
        _least(subject, pages[0])  # uncounted: what is loaded or compiled at the first call
        for page in pages:
            found = _least(subject, page)
            if isinstance(found, float):
                points.append(Point(len(page.data), found))
            elif name != CORPUS:
                ended = (len(page.data), found)
                break
    return Series(name, tuple(points), slope_of(points), slope_of(_last_decade(points)), ended)


def _least(subject: Subject, page: SpeedPage) -> float | str:
    """The least CPU milliseconds of a page, or how it failed."""
    try:
        times = [subject.visit(page).cpu_ms]
        while times[-1] < _QUICK_MS and len(times) < 3:
            times.append(subject.visit(page).cpu_ms)
    except VisitFailed as failed:
        return failed.status
    return min(times)


def _last_decade(points: Sequence[Point]) -> list[Point]:
    largest = max((point.bytes for point in points), default=0)
    return [point for point in points if point.bytes * 11 >= largest]


def slope_of(points: Sequence[Point]) -> float | None:
    """The slope of log time against log bytes by least squares; None for fewer than three sizes."""
    if len([size for size, _ in groupby(sorted(point.bytes for point in points))]) < 3:
        return None
    sizes, times = (np.log([max(value, 1e-6) for value in values]) for values in _columns(points))
    return float(np.polyfit(sizes, times, 1)[0])


def _columns(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    return [float(point.bytes) for point in points], [point.cpu_ms for point in points]
