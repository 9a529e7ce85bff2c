"""One file a metric and this registry. To add one: a file with a constant ``METRIC``, and a line here; or an entry
point of the group ``goldspan.metrics`` in another package, whose value is such a constant."""

from __future__ import annotations

import difflib
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from goldspan.core.metrics.base import Case, Metric
from goldspan.errors import UsageError

REGISTRY = {
    "body": "goldspan.core.metrics.body",
    "leak": "goldspan.core.metrics.leak",
    "loss": "goldspan.core.metrics.loss",
    "surplus": "goldspan.core.metrics.surplus",
    "order": "goldspan.core.metrics.order",
    "abstention": "goldspan.core.metrics.abstention",
    "metadata": "goldspan.core.metrics.metadata",
    "shingle": "goldspan.core.metrics.shingle",
    "words": "goldspan.core.metrics.words",
    "snippets": "goldspan.core.metrics.snippets_trafilatura",
    "wcxb-snippets": "goldspan.core.metrics.snippets_wcxb",
    "rouge-lsum": "goldspan.core.metrics.rouge",
    "edit": "goldspan.core.metrics.edit",
}

DEFAULT = ("body", "leak", "loss", "surplus", "order", "abstention", "metadata")
"""What ``goldspan score`` measures unless told otherwise, besides what the table needs."""


def names() -> list[str]:
    """All registered names, those of other packages last."""
    return [*REGISTRY, *sorted(point.name for point in entry_points(group="goldspan.metrics"))]


@cache
def find_metric(name: str) -> Metric:
    """A metric by its name (``body``) or its identity (``body.f1/1``), which prints and parses round-trip.

    Raises:
        UsageError: no such metric, or not in that version.
    """
    short = name.split("/")[0].split(".")[0]
    if short in REGISTRY:
        metric = import_module(REGISTRY[short]).METRIC
    else:
        points = [point for point in entry_points(group="goldspan.metrics") if point.name == short]
        if not points:
            close = difflib.get_close_matches(short, names(), 1)
            raise UsageError(
                f"there is no metric '{name}'",
                f"Did you mean '{close[0]}'?" if close else "'goldspan list metrics' shows them all.",
            )
        metric = points[0].load()
    if not isinstance(metric, Metric):
        raise UsageError(f"the metric '{name}' is no Metric", "Its entry point must name a Metric object.")
    if name not in (metric.name, f"{metric.name}.{metric.headline}", metric.identity):
        raise UsageError(f"there is no metric '{name}'", f"This version of the program has '{metric.identity}'.")
    return metric


__all__ = ["DEFAULT", "REGISTRY", "Case", "Metric", "find_metric", "names"]
