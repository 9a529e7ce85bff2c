"""Pages without content (a listing, an error page): the share on which the system put out nothing, and the tokens that
it put out, without neutral ones, a page."""

from __future__ import annotations

from goldspan.core.metrics.base import Case, Metric, counts_except, page_means
from goldspan.core.metrics.token_counts import count_tokens


def measure(case: Case) -> dict[str, float] | None:
    counts = count_tokens(case)
    if counts is None or case.gold_tokens is None or case.gold_tokens.content:
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
    bounds=counts_except("share"),
)
