"""A gate for an extractor's own CI: did this change make it worse, by more than chance could?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from goldspan.core.metrics import Metric
from goldspan.core.scoring import Measured, compare
from goldspan.core.stats import Difference
from goldspan.model import System

Outcome = Literal["pass", "unsure", "fail"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says.

    Attributes:
        outcome: ``fail`` where the figure got worse by more than is allowed, and the interval of the paired difference
            lies on the worse side of 0; ``unsure`` where it got worse by as much, but the interval holds 0.
        difference: the new run − the baseline.
        pages: the pages that changed for the worse, each with its difference, the worst first.
    """

    outcome: Outcome
    difference: Difference
    pages: tuple[tuple[str, float], ...]


def judge(
    measured: Sequence[Measured],
    systems: Sequence[System],
    metric: Metric,
    max_drop: float,
    *,
    resamples: int,
    seed: int,
) -> Verdict:
    """Judge a new run against a baseline.

    Args:
        measured: the pages, measured for both.
        systems: the new run, then the baseline; with different keys.
        max_drop: how much worse the metric's headline may get.
    """
    (pair,) = compare(measured, systems, metric, resamples=resamples, seed=seed)
    found = pair.difference
    if pair.first != systems[0].key:
        found = Difference(-found.value, -found.high, -found.low, found.p)
    sign = -1 if metric.lower_is_better else 1
    best_end = sign * (found.low if metric.lower_is_better else found.high)
    outcome: Outcome = "pass"
    if sign * found.value < -max_drop:
        outcome = "fail" if best_end < 0 else "unsure"
    changes = [(page.id, change) for page in measured if (change := _change(page, metric)) is not None]
    worse = sorted((item for item in changes if sign * item[1] < 0), key=lambda item: (sign * item[1], item[0]))
    return Verdict(outcome, found, tuple(worse))


def _change(page: Measured, metric: Metric) -> float | None:
    new, old = ((row.values[metric.name] or {}).get(metric.headline) for row in page.rows)
    return None if new is None or old is None else new - old


def measured_power() -> dict[str, Any]:
    """What ``scripts/studies/gate_power.py`` measured last: false alarms and power."""
    data = files("goldspan.evaluate").joinpath("gate_power.json").read_text(encoding="utf-8")
    return dict(json.loads(data))


def power_text() -> str:
    """The same in a few lines, for the help."""
    power = measured_power()
    lines = [f"Measured on {power['corpus']} with {power['system']}, --max-drop {power['max_drop']}:"]
    for one in power["trials"]:
        verb = "false alarms" if one["drop"] == 0 else "found"
        lines.append(f"  {one['what']}: {one['failed']} of {one['trials']} {verb}")
    return "\n".join(lines)
