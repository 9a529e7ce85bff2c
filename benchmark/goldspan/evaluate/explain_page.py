"""One page of one system, aligned and ready to be shown word by word."""

from __future__ import annotations

from goldspan.core.policy import Policy, tokenise_gold
from goldspan.core.scoring import case_of
from goldspan.data.corpora import Corpus
from goldspan.data.runs import SystemRun
from goldspan.errors import RunFileError, UsageError
from goldspan.report.explain import Explained, explain


def explain_page(corpus: Corpus, run: SystemRun, page: str, policy: Policy) -> Explained:
    """What a system made of a page: the words kept, lost and leaked, and what its output holds besides.

    Raises:
        CorpusError: the corpus has no such page.
        RunFileError: the run has no prediction for it.
        UsageError: its gold has no labelled blocks.
    """
    sample = corpus.load(page)
    prediction = run.predictions.get(page)
    if prediction is None:
        raise RunFileError(f"the run of {run.system.key} has no prediction for '{page}'", "Resume the run.")
    if sample.gold.blocks is None:
        raise UsageError(
            f"the gold of '{page}' has no labelled blocks", "Only pages with block labels can be explained."
        )
    gold_tokens = tokenise_gold(sample.gold, policy)
    case = case_of(sample.gold, prediction, run.system, policy, gold_tokens)
    assert case.alignment is not None
    return explain(sample, prediction, gold_tokens, case.alignment, case.text)
