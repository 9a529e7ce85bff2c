"""``rouge-lsum``: summary-level ROUGE-L, as the WCEB study computes it, split by newline.

Both texts are split into sentences at newlines, sentences into tokens at white space; case is kept, nothing is stemmed.
For each reference sentence, the union over all output sentences of the reference positions on their longest common
subsequence; a token of that union is a hit as long as neither text has used up its occurrences of the token.
recall = hits / reference tokens, precision = hits / output tokens, F1 = 2PR / (P + R). A reference without tokens:
recall 1, and precision and F1 are 1 if the output is empty too, else 0. The corpus has the page mean of each. In both
texts a no-break or zero-width space is a space.

Source: C.-Y. Lin, "ROUGE" (2004), 3.2, in the reading of the rouge-score package (``rougeLsum``), with
``use_stemmer=False``; J. Bevendorff et al., "An Empirical Comparison of Web Content Extraction Algorithms" (SIGIR
2023). WCEB can also split by the English Punkt model, which is a download; figures made that way differ a little.

A pair of sentences often has several longest common subsequences, and the union depends on which one is taken. To
agree with rouge-score to the digit, the path through the table must break ties as it does; rapidfuzz's LCSseq breaks
them otherwise, and 11 of 1,448 real outputs differ by up to 0.005. So the table is kept here, as one integer of bits
a column (H. Hyyrö, "Bit-parallel LCS-length computation revisited", 2004), and costs about 4 ms a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from goldspan.core.metrics.base import Case, Metric, page_means
from goldspan.core.text import clean

Tokens = tuple[str, ...]

_STRIDE = 1024
"""Columns of the table that are held at once; the rest is computed again from one column in so many. It keeps two texts
of 100,000 tokens on one line each under 30 MB."""


class _Sentence:
    """A reference sentence, ready to be compared with many output sentences."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.places: dict[str, int] = {}
        for i, token in enumerate(tokens):
            self.places[token] = self.places.get(token, 0) | 1 << i
        self._blank = (1 << len(tokens)) - 1

    def union(self, others: Collection[Tokens]) -> list[int]:
        """The positions of this sentence that lie on its longest common subsequence with any of the others."""
        if self.tokens in others:
            return list(range(len(self.tokens)))
        places: set[int] = set()
        for other in others:
            if not self.places.keys().isdisjoint(other):
                places.update(self._common(other))
                if len(places) == len(self.tokens):
                    break
        return sorted(places)

    def _columns(self, column: int, tokens: Sequence[str]) -> list[int]:
        """The table's columns from ``column`` on. Bit i of column j is 0 where one more token of this sentence, its
        (i+1)th, makes the common subsequence with the first j tokens longer."""
        columns = [column]
        for token in tokens:
            here = self.places.get(token)
            if here:
                step = column & here
                column = (column + step | column - step) & self._blank
            columns.append(column)
        return columns

    def _common(self, other: Tokens) -> list[int]:
        stored = [self._blank]
        for start in range(0, len(other) - _STRIDE, _STRIDE):
            stored.append(self._columns(stored[-1], other[start : start + _STRIDE])[-1])
        i, j, places = len(self.tokens), len(other), []
        while i and j:
            start = (j - 1) // _STRIDE * _STRIDE
            columns = self._columns(stored[start // _STRIDE], other[start:j])
            while i and j > start:
                if self.tokens[i - 1] == other[j - 1]:
                    i, j = i - 1, j - 1
                    places.append(i)
                elif columns[j - start] >> i - 1 & 1:
                    i -= 1
                else:
                    j -= 1
        return places


def _sentences(text: str) -> list[Tokens]:
    return [tokens for line in text.split("\n") if (tokens := tuple(line.split()))]


def score(reference: str, output: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of one page."""
    gold, found = _sentences(reference), _sentences(output)
    gold_left = Counter(token for tokens in gold for token in tokens)
    found_left = Counter(token for tokens in found for token in tokens)
    gold_total, found_total = gold_left.total(), found_left.total()
    if not gold_total:
        return float(not found_total), 1.0, float(not found_total)
    distinct = dict.fromkeys(found)
    hits = 0
    for tokens in gold:
        for place in _Sentence(tokens).union(distinct):
            token = tokens[place]
            if gold_left[token] > 0 and found_left[token] > 0:
                gold_left[token] -= 1
                found_left[token] -= 1
                hits += 1
    if not hits:
        return 0.0, 0.0, 0.0
    precision, recall = hits / found_total, hits / gold_total
    return precision, recall, 2 * precision * recall / (precision + recall)


def measure(case: Case) -> dict[str, float] | None:
    """The page's precision, recall and F1."""
    if case.reference is None:
        return None
    precision, recall, f1 = score(clean(case.reference), clean(case.text))
    return {"precision": precision, "recall": recall, "f1": f1}


METRIC = Metric(
    name="rouge-lsum",
    version=2,
    headline="f1",
    needs=frozenset({"reference"}),
    measure=measure,
    pool=page_means,
    about="summary-level ROUGE-L of WCEB, sentences split by newline",
)
