"""body.f1, the headline: how much of the content was kept, and how much of the output is content.

Per page, with kept = distinct content tokens that the output holds, content = content tokens owed, and output = output
tokens without those on neutral places: recall = kept / content, precision = kept / output, f1 = 2·kept / (content +
output); 0 where kept is 0, so that an empty output and a failed page score 0. An invented token of more than 30 code
points counts as as many output tokens as it has tens of them.

Pages whose gold has no content take no part (see abstention). A page without an article, of whose text nothing is
labelled ``body`` or ``post``, has none, whatever else the policy wants, unless the policy has rules for its page type.
Pooled: the mean over pages.
"""

from __future__ import annotations

from goldspan.core.metrics.base import Case, Metric, page_means
from goldspan.core.metrics.token_counts import count_tokens


def measure(case: Case) -> dict[str, float] | None:
    counts = count_tokens(case)
    if counts is None or case.gold_tokens is None or not case.gold_tokens.content:
        return None
    kept, content, output = len(counts.kept), case.gold_tokens.content, counts.output
    return {
        "f1": 2 * kept / (content + output),
        "precision": kept / output if kept else 0.0,
        "recall": kept / content,
    }


METRIC = Metric(
    name="body",
    version=2,
    headline="f1",
    needs=frozenset({"blocks"}),
    measure=measure,
    pool=page_means,
    about="Precision, recall and F1 of the content's tokens, found by alignment; neutral text does not count.",
)
