"""Tokens that come from nowhere on the page (*invented*) or repeat a place already used (*repeated*), a page.

An invented token of more than 30 code points counts as as many as it has tens of them.
"""

from __future__ import annotations

from goldspan.core.metrics.base import Case, Metric, counts_except, page_means
from goldspan.core.metrics.token_counts import count_tokens


def measure(case: Case) -> dict[str, float] | None:
    counts = count_tokens(case)
    if counts is None or case.gold_tokens is None or not case.gold_tokens.content:
        return None
    return {"invented": float(counts.invented), "repeated": float(counts.repeated)}


METRIC = Metric(
    name="surplus",
    version=2,
    headline="invented",
    needs=frozenset({"blocks"}),
    measure=measure,
    pool=page_means,
    about="Invented and repeated tokens, a page.",
    lower_is_better=True,
    bounds=counts_except(),
)
