"""Metadata: a score from 0 to 1 for each field, and their mean.

A field counts on a page when the gold states it (a value, or null for "checked and absent") and the system can return
it; otherwise it is not applicable, which is not 0. Gold null: 1 for no output, 0 for an invented one. Otherwise no
output is 0, and

- ``title``: 1 − Levenshtein distance / longer length, over the tok/1 tokens joined by spaces;
- ``authors``: F1 of the two sets of names, a name being its sorted tokens, so that "Doe, Jane" is Jane Doe;
- ``published``, ``modified``: 1 if equal as far as both state it. A value must be given to the day, or as far as the
  gold states it if that is less; where both state a time, they must be the same minute, as instants if both have an
  offset;
- ``language``: equality of the primary subtag;
- ``publisher``, ``description``: equality of the tokens.

Pooled: for each field the mean over the pages where it counts, and ``mean``, the mean of those; ``fields``, their
number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import nan
from typing import Any

import numpy as np
from dateutil import parser as dates
from rapidfuzz.distance import Levenshtein

from goldspan.core.metrics.base import Array, Case, Columns, Metric, counts_except
from goldspan.core.text import tokenise
from goldspan.model import FIELDS


def title_score(gold: str, given: str) -> float:
    return float(Levenshtein.normalized_similarity(" ".join(tokenise(gold)), " ".join(tokenise(given))))


def authors_score(gold: Sequence[str], given: Sequence[str]) -> float:
    wanted, found = ({tuple(sorted(tokenise(name))) for name in names} - {()} for names in (gold, given))
    return 2 * len(wanted & found) / (len(wanted) + len(found)) if wanted or found else 1.0


def language_score(gold: str, given: str) -> float:
    first, second = (value.replace("_", "-").split("-")[0].strip().lower() for value in (gold, given))
    return float(first == second)


def text_score(gold: str, given: str) -> float:
    return float(tokenise(gold) == tokenise(given))


def read_date(value: str) -> tuple[datetime, int] | None:
    """A date and how far it is stated: 1 year, 2 month, 3 day, 4 time. None if it cannot be read."""
    value = value.strip()
    try:
        low = dates.parse(value, default=datetime(2001, 1, 1))
        high = dates.parse(value, default=datetime(2002, 12, 28, 23, 59))
        low.utcoffset()  # an impossible offset is only seen when it is used
    except (ValueError, OverflowError, TypeError):
        return None
    if low.year != high.year:
        return None
    if low.month != high.month:
        return low, 1
    if low.day != high.day:
        return low, 2
    return low, 4 if low.hour == high.hour else 3


def date_score(gold: str, given: str) -> float:
    wanted, found = read_date(gold), read_date(given)
    if wanted is None or found is None:
        return float(gold.strip() == given.strip())
    (first, stated), (second, precision) = wanted, found
    if precision < min(stated, 3):
        return 0.0
    if stated == precision == 4:
        if (first.tzinfo is None) != (second.tzinfo is None):
            first, second = first.replace(tzinfo=None), second.replace(tzinfo=None)
        return float(abs(first - second) < timedelta(minutes=1))
    depth = min(stated, 3)
    return float((first.year, first.month, first.day)[:depth] == (second.year, second.month, second.day)[:depth])


SCORES: dict[str, Callable[[Any, Any], float]] = {
    "title": title_score,
    "authors": authors_score,
    "published": date_score,
    "modified": date_score,
    "publisher": text_score,
    "language": language_score,
    "description": text_score,
}


def measure(case: Case) -> dict[str, float] | None:
    given = case.extraction.metadata() if case.extraction else {}
    values: dict[str, float] = {}
    for field in FIELDS:
        if field not in case.gold.metadata or field not in case.fields:
            values[field] = nan
            continue
        wanted, found = case.gold.metadata[field], given.get(field) or None
        if wanted is None or found is None:
            values[field] = float(wanted is None and found is None)
        else:
            values[field] = SCORES[field](wanted, found)
    return values if not all(np.isnan(value) for value in values.values()) else None


def pool(columns: Columns, weights: Array) -> dict[str, Array]:
    figures: dict[str, Array] = {}
    for field, column in columns.items():
        counts = ~np.isnan(column)
        if not counts.any():
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            figures[field] = weights[:, counts] @ column[counts] / weights[:, counts].sum(axis=1)
    number = np.full(len(weights), float(len(figures)))
    return {"mean": np.mean(list(figures.values()), axis=0), **figures, "fields": number}


METRIC = Metric(
    name="metadata",
    version=1,
    headline="mean",
    needs=frozenset({"metadata"}),
    measure=measure,
    pool=pool,
    about="Title, authors, dates, publisher, language and description, each field from 0 to 1.",
    bounds=counts_except(*FIELDS, "mean"),
)
