"""Pages without content (a listing, an error page): the share on which the system put out nothing, and the tokens that
it put out, without neutral ones, a page."""

from __future__ import annotations

from benchmark.metrics.base import Case, Metric, page_means
from benchmark.metrics.held import held


def measure(case: Case) -> dict[str, float] | None:
    counts = held(case)
    if counts is None or case.owed is None or case.owed.content:
        return None
    return {"share": float(counts.output == 0), "tokens": float(counts.output)}


METRIC = Metric(
    name="abstention",
    version=1,
    headline="share",
    needs=frozenset({"blocks"}),
    measure=measure,
    pool=page_means,
    about="On pages without content: the share with an empty output, and the tokens put out.",
)
