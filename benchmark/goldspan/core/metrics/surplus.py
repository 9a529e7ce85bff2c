"""Tokens that come from nowhere on the page (*invented*) or repeat a place already used (*repeated*), a page."""

from __future__ import annotations

from benchmark.metrics.base import Case, Metric, page_means
from benchmark.metrics.held import held


def measure(case: Case) -> dict[str, float] | None:
    counts = held(case)
    if counts is None or case.owed is None or not case.owed.content:
        return None
    return {"invented": float(counts.invented), "repeated": float(counts.repeated)}


METRIC = Metric(
    name="surplus",
    version=1,
    headline="invented",
    needs=frozenset({"blocks"}),
    measure=measure,
    pool=page_means,
    about="Invented and repeated tokens, a page.",
    lower_is_better=True,
)
