"""A gate for an extractor's own CI: did this change make it worse?

What fell on these very pages is a fact, and facts decide: the mean over the corpus, pages that gave a text and now
fail, pages that fell far. Whether the fall would be seen on other pages too is a question of its own, for the interval.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from math import isnan
from pathlib import Path
from typing import Any

from goldspan.core.metrics import Metric
from goldspan.core.scoring import Measured, compare, estimates
from goldspan.core.variance import Difference
from goldspan.data.files import read_bytes
from goldspan.errors import UsageError
from goldspan.model import FAILURES, Row, Status, System

MAX_DROP = 0.0
MAX_PAGE_DROP = 0.3
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class PageChange:
    """A page that got worse.

    Attributes:
        old, new: the metric's headline on the page; None where the metric does not apply to it.
        status: what became of the page in the new run.
        has_failed: whether it gave a text before, and fails now.
        is_far: whether it fell by more than a page may.
    """

    id: str
    old: float | None
    new: float | None
    status: Status
    has_failed: bool
    is_far: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says.

    Attributes:
        change: the new run's headline − the baseline's, over the pages that count.
        faults: why the gate fails, in words; empty where it passes.
        pages: the pages that got worse, those that failed first, then the ones that fell farthest.
        accepted: pages whose change was accepted; they count as unchanged.
        difference: the paired difference with its interval, if it was asked for.
    """

    change: float
    faults: tuple[str, ...]
    pages: tuple[PageChange, ...]
    accepted: tuple[str, ...] = ()
    difference: Difference | None = None

    @property
    def has_failed(self) -> bool:
        return bool(self.faults)


def judge(
    measured: Sequence[Measured],
    systems: Sequence[System],
    metric: Metric,
    max_drop: float = MAX_DROP,
    max_page_drop: float = MAX_PAGE_DROP,
    *,
    accepted: Collection[str] = (),
    population: bool = False,
) -> Verdict:
    """Judge a new run against a baseline.

    Args:
        measured: the pages, measured for both.
        systems: the new run, then the baseline; with different keys.
        max_drop: how much worse the metric's headline may get over the corpus.
        max_page_drop: how much worse one page may get.
        accepted: pages whose change was looked at and is right.
        population: also fail where the interval says that the fall is more than ``max_drop`` on pages like these.

    Raises:
        UsageError: an accepted page is not in the corpus, or the metric applies to no page.
    """
    strangers = sorted(set(accepted) - {page.id for page in measured})
    if strangers:
        raise UsageError(f"the corpus has no page '{strangers[0]}' to accept", "Check the id.")
    counting = [_accept(page) if page.id in accepted else page for page in measured]
    sign = -1 if metric.lower_is_better else 1
    new, old = (_headline(counting, metric, number) for number in range(2))
    fall = sign * (old - new)
    pages = sorted(
        (found for page in counting if (found := _change(page, metric, sign, max_page_drop))),
        key=lambda page: (not page.has_failed, -_fall(page, sign), page.id),
    )
    faults = []
    if fall > max_drop + _ROUNDING:
        faults.append(f"the mean fell by {fall:.4f}, {max_drop:g} is allowed")
    for what, those in (
        ("gave a text and now {}", [page for page in pages if page.has_failed]),
        (f"fell by more than {max_page_drop:g}", [page for page in pages if page.is_far and not page.has_failed]),
    ):
        if those:
            verb = "fails" if len(those) == 1 else "fail"
            faults.append(f"{len(those)} page{'s' if len(those) > 1 else ''} {what.format(verb)}")
    difference = _paired(counting, systems, metric) if population else None
    if difference and sign * (difference.low if sign < 0 else difference.high) < -max_drop:
        faults.append("the interval says that pages like these fall as well")
    return Verdict(new - old, tuple(faults), tuple(pages), tuple(sorted(accepted)), difference)


def _accept(page: Measured) -> Measured:
    """The page as if nothing had changed on it."""
    return replace(page, rows=(page.rows[1], page.rows[1]))


def _headline(measured: Sequence[Measured], metric: Metric, number: int) -> float:
    found = estimates(metric, [page.rows[number] for page in measured]).get(metric.headline)
    if found is None:
        raise UsageError(f"the metric {metric.name} applies to no page of this corpus", "Choose another with --metric.")
    return found.value


def _paired(measured: Sequence[Measured], systems: Sequence[System], metric: Metric) -> Difference:
    """The paired difference, new − old."""
    (pair,) = compare(measured, systems, metric)
    found = pair.difference
    if isnan(found.low):
        raise UsageError(
            f"{len(measured)} pages are too few for the interval of a difference", "Leave --population out."
        )
    if pair.first == systems[0].key:
        return found
    return Difference(-found.value, -found.high, -found.low, found.p)


def _change(page: Measured, metric: Metric, sign: int, max_page_drop: float) -> PageChange | None:
    """The page if it got worse, None otherwise."""
    new, old = (_value(row, metric) for row in page.rows)
    has_failed = page.rows[0].status in FAILURES and page.rows[1].status == "ok"
    fall = sign * (old - new) if new is not None and old is not None else 0.0
    if not has_failed and fall <= _ROUNDING:
        return None
    return PageChange(page.id, old, new, page.rows[0].status, has_failed, fall > max_page_drop + _ROUNDING)


def _value(row: Row, metric: Metric) -> float | None:
    return (row.values[metric.name] or {}).get(metric.headline)


def _fall(page: PageChange, sign: int) -> float:
    return sign * (page.old - page.new) if page.old is not None and page.new is not None else 0.0


def read_accepted(values: Sequence[str]) -> frozenset[str]:
    """Page ids, and the files that hold more of them, one a line; what follows a ``#`` is a remark.

    Raises:
        UsageError: a file cannot be read.
    """
    found: set[str] = set()
    for value in values:
        path = Path(value)
        if not path.is_file():
            found.add(value)
            continue
        lines = read_bytes(path, UsageError).decode("utf-8", "replace").splitlines()
        found |= {line.partition("#")[0].strip() for line in lines} - {""}
    return frozenset(found)


def measured_power() -> dict[str, Any]:
    """What ``scripts/studies/gate_power.py`` measured last: false alarms and power."""
    data = files("goldspan.evaluate").joinpath("gate_power.json").read_text(encoding="utf-8")
    return dict(json.loads(data))


def power_text() -> str:
    """The same in a few lines, for the help."""
    power = measured_power()
    lines = [f"Measured on {power['corpus']} with {power['system']}, by default and with --max-drop {power['loose']}:"]
    for one in power["trials"]:
        verb = "false alarms" if one["drop"] == 0 else "found"
        lines.append(f"  {one['what']}: {one['failed']} and {one['loose']} {verb}")
    return "\n".join(lines)
