"""From visits to figures. Pure: no clock and no process here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from goldspan.core.stats import SEED
from goldspan.model import System

Floats = np.ndarray[Any, np.dtype[np.float64]]

_RESAMPLES = 400
_QUARTILE = 0.25  # over rounds: a busy machine makes some rounds dearer, and not equally for both (see README.md)
_WARMING = 1 / 3  # of the repeated passes: caches fill and the allocator settles, which is not a leak


@dataclass(frozen=True, slots=True)
class Visit:
    """What one page cost once, and the mean of the parses around it. Milliseconds and MB.

    Attributes:
        cpu_ms: of the system's process with all its threads, and of all processes below it.
        resident_mb: after the page, of the process and all below it.
        peak_mb: of the process, during the page; None where the machine does not tell.
    """

    ms: float
    cpu_ms: float
    parse_ms: float | None
    parse_cpu_ms: float | None
    resident_mb: float
    peak_mb: float | None


@dataclass(frozen=True, slots=True)
class SystemSpeed:
    """What one system costs. A figure is None if it could not be measured.

    Attributes:
        protocol: all that must be equal for two values of ``parse_units`` to be comparable.
        pages: how many were measured; ``failures`` counts those on which the system failed, by kind.
        parse_units: CPU time by that of a parse of the same page: for each page the lower quartile over the rounds,
            of these the geometric mean. ``parse_units_low`` and ``_high`` are its 95 % interval over resampled rounds.
        cold_ms: import and first page, in a fresh process.
        warm_ms: wall-clock time of a page: the median over the pages of their medians over the rounds. ``p95_ms`` is
            the 95 % quantile over the pages, ``cpu_ms`` the median in CPU time.
        cpu_share: CPU seconds by wall-clock seconds: below 1 where it waited, above where it used several cores.
        size_slope: of log CPU time against log bytes of the page, over the pages: 1 is linear.
        pages_per_second: through the guarded run, on one worker and on ``workers`` workers side by side.
        bytes_per_second: of HTML, on one worker.
        peak_mb: the highest resident memory during any page.
        grown_mb: how much larger the process was in the last pass over the pages than in the first.
        slope_mb: megabytes that it grew by in 1,000 pages, once it was warm. A leak shows here.
        repeats: the pages it did for that.
    """

    system: System
    protocol: str
    pages: int
    rounds: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    parse_units: float | None = None
    parse_units_low: float | None = None
    parse_units_high: float | None = None
    cold_ms: float | None = None
    warm_ms: float | None = None
    p95_ms: float | None = None
    cpu_ms: float | None = None
    cpu_share: float | None = None
    size_slope: float | None = None
    pages_per_second: float | None = None
    pages_per_second_workers: float | None = None
    workers: int = 1
    bytes_per_second: float | None = None
    peak_mb: float | None = None
    grown_mb: float | None = None
    slope_mb: float | None = None
    repeats: int = 0

    def row(self) -> dict[str, Any]:
        """Plain data, figures to six digits, the system's own facts in the place of ``system``."""
        facts = asdict(self)
        facts.pop("system")
        names = {
            "system": self.system.name,
            "version": self.system.version,
            "options": dict(sorted(self.system.options.items())),
            "key": self.system.key,
            "label": label_of(self.system),
            "protocol": facts.pop("protocol"),
        }
        return names | {name: _rounded(value) for name, value in facts.items()}


def label_of(system: System) -> str:
    """A system's name with its options, the same in every version."""
    return system.name + system.key.removeprefix(f"{system.name}@{system.version}")


def _rounded(value: Any) -> Any:
    return float(f"{value:.6g}") if isinstance(value, float) else value


def unit_ratios(rounds: Sequence[Sequence[Visit]]) -> Floats:
    """CPU time of the system by CPU time of the parse: a row a round, a column a page."""
    smallest = 1e-6  # ms: a clock that did not move
    return np.array(
        [[max(v.cpu_ms, smallest) / max(v.parse_cpu_ms or 0.0, smallest) for v in visits] for visits in rounds]
    )


def time_figures(rounds: Sequence[Sequence[Visit]]) -> dict[str, float]:
    """The figures of time of a system, from its visits: the same pages, in the same order, in every round."""
    wall = np.array([[visit.ms for visit in visits] for visits in rounds])
    cpu = np.array([[visit.cpu_ms for visit in visits] for visits in rounds])
    logs = np.log(unit_ratios(rounds))
    drawn = np.random.default_rng(SEED).integers(len(rounds), size=(_RESAMPLES, len(rounds)))
    low, high = np.quantile(_units(logs[drawn]), (0.025, 0.975))
    return {
        "parse_units": float(_units(logs)),
        "parse_units_low": float(low),
        "parse_units_high": float(high),
        "warm_ms": float(np.median(np.median(wall, axis=0))),
        "p95_ms": float(np.quantile(np.median(wall, axis=0), 0.95)),
        "cpu_ms": float(np.median(np.median(cpu, axis=0))),
        "cpu_share": float(cpu.sum() / wall.sum()),
    }


def _units(logs: Floats) -> Floats:
    """Parse units from the logarithms of ratios, ``(…, rounds, pages)`` → ``(…)``."""
    return np.asarray(np.exp(np.quantile(logs, _QUARTILE, axis=-2).mean(axis=-1)))


def memory_figures(passes: Sequence[Sequence[Visit]]) -> dict[str, float]:
    """The figures of memory, from passes over the same pages in one process.

    The slope is that of the passes' means, by least squares, after the first third of them.
    """
    found = {}
    peaks = [visit.peak_mb for visits in passes for visit in visits if visit.peak_mb is not None]
    if peaks:
        found["peak_mb"] = max(peaks)
    means = np.array([np.mean([visit.resident_mb for visit in visits]) for visits in passes])
    if len(means) > 1:
        found["grown_mb"] = float(means[-1] - means[0])
    warm = means[int(len(means) * _WARMING) :]
    if len(warm) > 2:
        a_pass = float(np.polyfit(np.arange(len(warm)), warm, 1)[0])
        found["slope_mb"] = 1000 * a_pass / len(passes[0])
    return found
