"""The leak profile: noise tokens that the output holds, by label.

Pooled: ``tokens``, mean leaked tokens a page; for each label its mean tokens a page, and ``label.pages``, the share of
pages that leak at least :data:`LEAKS` tokens of it. Over the pages that have content.
"""

from __future__ import annotations

import numpy as np

from goldspan.core.metrics.base import Array, Case, Columns, Metric, counts_except, page_means
from goldspan.core.metrics.token_counts import count_tokens, tally

LEAKS = 5
"""Tokens of one label from which on a page counts as leaking it."""


def measure(case: Case) -> dict[str, float] | None:
    counts = count_tokens(case)
    if counts is None or case.gold_tokens is None or not case.gold_tokens.content:
        return None
    names, codes = case.gold_tokens.label_codes
    return {"tokens": float(len(counts.leaked)), **tally(names, codes[counts.leaked])}


def pool(columns: Columns, weights: Array) -> dict[str, Array]:
    shares = {
        f"{name}.pages": (column >= LEAKS).astype(np.float64) for name, column in columns.items() if name != "tokens"
    }
    return page_means({**columns, **shares}, weights)


METRIC = Metric(
    name="leak",
    version=2,
    headline="tokens",
    needs=frozenset({"blocks"}),
    measure=measure,
    pool=pool,
    about="Noise tokens in the output, a page, by label, and the share of pages that leak a label.",
    lower_is_better=True,
    bounds=counts_except(".pages"),
)
