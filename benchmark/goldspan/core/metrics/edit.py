"""``edit``: edit similarity over characters, WebMainBench's ``text_edit``.

similarity = 1 - Levenshtein(output, reference) / max(len(output), len(reference)), in code points; a page where both
are empty takes no part. The corpus has the page mean.

The distance costs time in proportion to the product of the lengths (seconds for 400,000 characters), so that
**both texts are cut to their first 50,000 characters** before they are compared. The figure ``cut`` is the share of
pages where that happened; on those the similarity says nothing about the rest of the page.

Source: https://github.com/opendatalab/WebMainBench.
"""

from __future__ import annotations

from goldspan.core.metrics.base import Case, Metric, page_means

CAP = 50_000
"""Characters of either text that are compared; two texts of that length take 0.2 s at worst."""


def measure(case: Case) -> dict[str, float] | None:
    """The page's similarity, and whether a text was cut."""
    # rapidfuzz takes tens of milliseconds to import, and `goldspan --help` needs none of it.
    from rapidfuzz.distance import Levenshtein

    if case.reference is None or not (case.reference or case.text):
        return None
    reference, output = case.reference[:CAP], case.text[:CAP]
    distance = Levenshtein.distance(output, reference)
    return {
        "similarity": 1 - distance / max(len(output), len(reference)),
        "cut": float(max(len(case.reference), len(case.text)) > CAP),
    }


METRIC = Metric(
    name="edit",
    version=1,
    headline="similarity",
    needs=frozenset({"reference"}),
    measure=measure,
    pool=page_means,
    about="edit similarity over characters, of the first 50,000 of either text",
)
