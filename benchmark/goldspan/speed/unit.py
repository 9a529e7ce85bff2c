"""The unit that systems are measured in, one lexbor parse of the page, and the clocks that both are measured with."""

from __future__ import annotations

import resource
import time
from statistics import fmean

UNITS = "parse-units/1"


def parse(html: str) -> None:
    """One lexbor parse of a page, its tree freed again."""
    from selectolax.lexbor import LexborHTMLParser

    LexborHTMLParser(html)


def clocks() -> tuple[int, int]:
    """Wall-clock and CPU nanoseconds of this process so far: all its threads, and its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = round((children.ru_utime + children.ru_stime) * 1e9)
    return time.perf_counter_ns(), time.process_time_ns() + ended


def parse_times(html: str, times: int) -> list[tuple[float, float]]:
    """Wall-clock and CPU milliseconds of so many parses."""
    found = []
    for _ in range(times):
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        parse(html)
        after_cpu, after_wall = time.process_time_ns(), time.perf_counter_ns()
        found.append(((after_wall - wall) / 1e6, (after_cpu - cpu) / 1e6))
    return found


def parse_means(times: list[tuple[float, float]]) -> dict[str, float | None]:
    """The means of parses: wall-clock and CPU milliseconds; None where there were none."""
    if not times:
        return {"parse_ms": None, "parse_cpu_ms": None}
    return {"parse_ms": fmean(wall for wall, _ in times), "parse_cpu_ms": fmean(cpu for _, cpu in times)}
