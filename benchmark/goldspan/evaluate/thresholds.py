"""Thresholds on figures, as ``--fail-under`` states them."""

from __future__ import annotations

from collections.abc import Sequence

from goldspan.core.metrics import find_metric
from goldspan.errors import UsageError
from goldspan.model import Result

Threshold = tuple[str, float]


def read_thresholds(values: Sequence[str]) -> list[Threshold]:
    """``figure=number``, each.

    Raises:
        UsageError: one is not of that form.
    """
    found = []
    for value in values:
        name, _, number = value.partition("=")
        try:
            found.append((name.strip(), float(number)))
        except ValueError:
            raise UsageError(
                f"--fail-under {value} has no number", "Write for instance --fail-under body.f1=0.9."
            ) from None
    return found


def missed_thresholds(result: Result, thresholds: Sequence[Threshold]) -> list[str]:
    """The thresholds that systems miss, in words.

    Raises:
        UsageError: a figure was not computed.
    """
    missed = []
    for name, limit in thresholds:
        for one in result.systems:
            if name not in one.scores:
                raise UsageError(
                    f"--fail-under names '{name}', which was not computed",
                    f"Computed are {', '.join(sorted(one.scores))}.",
                )
            value = one.scores[name].value
            less = find_metric(name.split(".")[0]).lower_is_better
            if value is None or (value > limit if less else value < limit):
                shown = "not defined" if value is None else f"{value:.4f}"
                missed.append(f"{one.system.key}: {name} is {shown}, the limit is {limit:g}")
    return missed
