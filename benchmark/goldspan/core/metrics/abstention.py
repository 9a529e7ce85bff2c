"""Pages without content (a listing, an error page): the share on which the system answered and put out nothing, and the
tokens that it put out, without neutral ones, a page.

A page without an article, one of whose text nothing is labelled ``body`` or ``post``, has no content under any policy
that has no rules for its page type. Only an answer abstains: a page that failed, or that has no prediction, counts as
not abstained, with no tokens.
"""

from __future__ import annotations

from goldspan.core.metrics.base import Case, Metric, counts_except, page_means
from goldspan.core.metrics.token_counts import count_tokens


def measure(case: Case) -> dict[str, float] | None:
    counts = count_tokens(case)
    if counts is None or case.gold_tokens is None or case.gold_tokens.content:
        return None
    return {"share": float(case.answered and counts.output == 0), "tokens": float(counts.output)}


METRIC = Metric(
    name="abstention",
    version=2,
    headline="share",
    needs=frozenset({"blocks"}),
    measure=measure,
    pool=page_means,
    about="On pages without content: the share answered with nothing, and the tokens put out.",
    bounds=counts_except("share"),
)
