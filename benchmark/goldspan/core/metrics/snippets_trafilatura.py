"""``snippets``: the snippet F1 of Trafilatura's evaluation.

Output and snippets are white-space-normalised (runs of white space to one space, trimmed), case is kept, and a snippet
is found where it is a substring. tp = wanted snippets found, fn = wanted ones missing, fp = unwanted ones found,
tn = unwanted ones missing, all four summed over the corpus; precision = tp / (tp + fp), recall = tp / (tp + fn),
accuracy = (tp + tn) / all, F1 = 2tp / (2tp + fp + fn); 0 where a denominator is 0. A failed page, and an empty output,
counts every wanted snippet as fn and every unwanted one as tn.

Source: https://github.com/adbar/trafilatura, ``tests/evaluate.py``. A handful of phrases a page is coarse: an output
that stops in the middle or carries the whole navigation can score in full.
"""

from __future__ import annotations

from goldspan.core.metrics.base import Array, Case, Columns, Metric, ratio


def normalise(text: str) -> str:
    """Runs of white space to one space, trimmed."""
    return " ".join(text.split())


def measure(case: Case) -> dict[str, float] | None:
    """The page's four counts."""
    snippets = case.gold.snippets
    if snippets is None:
        return None
    text = normalise(case.raw)
    tp, fp = (
        sum(bool(text) and normalise(snippet) in text for snippet in side)
        for side in (snippets.wanted, snippets.unwanted)
    )
    fn, tn = len(snippets.wanted) - tp, len(snippets.unwanted) - fp
    return {"tp": float(tp), "fp": float(fp), "fn": float(fn), "tn": float(tn)}


def pool(columns: Columns, weights: Array) -> dict[str, Array]:
    """Precision, recall, accuracy and F1 of the summed counts of every resample."""
    tp, fp, fn, tn = (weights @ columns[name] for name in ("tp", "fp", "fn", "tn"))
    return {
        "f1": ratio(2 * tp, 2 * tp + fp + fn),
        "precision": ratio(tp, tp + fp),
        "recall": ratio(tp, tp + fn),
        "accuracy": ratio(tp + tn, tp + fp + fn + tn),
    }


METRIC = Metric(
    name="snippets",
    version=2,
    headline="f1",
    needs=frozenset({"snippets"}),
    measure=measure,
    pool=pool,
    about="snippet F1 of Trafilatura's evaluation (counts summed over the corpus)",
)
