"""The loss profile: content tokens that the output lacks, by role.

Pooled: ``tokens``, mean lost tokens a page, and the same for each role (``p``, ``h2``, ``li``, ``cell`` …; ``none``
where the gold states no role). Over the pages that have content.
"""

from __future__ import annotations

import numpy as np

from goldspan.core.metrics.base import Case, Metric, counts_except, page_means
from goldspan.core.metrics.token_counts import count_tokens, tally
from goldspan.core.policy import CONTENT


def measure(case: Case) -> dict[str, float] | None:
    counts = count_tokens(case)
    if counts is None or case.gold_tokens is None or not case.gold_tokens.content:
        return None
    lost = case.gold_tokens.lanes == CONTENT
    lost[counts.kept] = False
    names, codes = case.gold_tokens.role_codes
    by_role = tally(names, codes[lost])
    return {"tokens": float(np.count_nonzero(lost)), **{role or "none": n for role, n in by_role.items()}}


METRIC = Metric(
    name="loss",
    version=2,
    headline="tokens",
    needs=frozenset({"blocks"}),
    measure=measure,
    pool=page_means,
    about="Content tokens that the output lacks, a page, by role.",
    lower_is_better=True,
    bounds=counts_except(),
)
