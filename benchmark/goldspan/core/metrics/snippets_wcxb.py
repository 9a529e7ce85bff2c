"""``wcxb-snippets``: how many of a page's phrases an output holds, as WCXB counts them.

``with`` = share of the wanted snippets that occur in the output as substrings, both lower-cased, white space as it
is, a no-break space too; ``without`` = the same for boilerplate snippets, where lower is better. The corpus has the
page mean of each. Markdown and HTML are rendered to text first.

Source: WCXB, the Web Content Extraction Benchmark (Murrough Foley, 2026). An oddity of the definition is kept: a page
without snippets of a kind counts as 1.0, *also* in ``without``, where 1.0 is the worst value there is. A system's
``without`` can therefore not fall below the share of pages that have no boilerplate snippets.
"""

from __future__ import annotations

from collections.abc import Sequence

from goldspan.core.metrics.base import Case, Metric, page_means


def rate(snippets: Sequence[str], text: str) -> float:
    """Share of the snippets that the text holds; 1.0 where there are none."""
    if not snippets:
        return 1.0
    text = text.lower()
    return sum(snippet.lower() in text for snippet in snippets) / len(snippets)


def measure(case: Case) -> dict[str, float] | None:
    """The page's two rates."""
    snippets = case.gold.snippets
    if snippets is None:
        return None
    return {"with": rate(snippets.wanted, case.raw), "without": rate(snippets.unwanted, case.raw)}


METRIC = Metric(
    name="wcxb-snippets",
    version=2,
    headline="with",
    needs=frozenset({"snippets"}),
    measure=measure,
    pool=page_means,
    about="share of wanted and of boilerplate snippets found, as WCXB counts them (none = 1.0 in both)",
)
