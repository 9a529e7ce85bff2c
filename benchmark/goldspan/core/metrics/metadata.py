"""Metadata: a score from 0 to 1 for each field, and their mean.

A field counts on a page when the gold states it (a value, or null or an empty list for "checked and absent") and the
system can return it; otherwise it is not applicable, which is not 0. Gold null: 1 for an answer without the field, 0
for an invented one, and 0 for a page that failed, which answered nothing. Otherwise no output is 0, and

- ``title``: 1 − Levenshtein distance / longer length, over the tok/2 tokens joined by spaces;
- ``authors``: F1 of the two sets of names, a name being its sorted tokens, so that "Doe, Jane" is Jane Doe. Either side
  is read as it stands and as a byline, and the best of these counts: a byline loses a first word of :data:`BY`, and is
  cut at commas, semicolons, "&" and the words of :data:`AND` where every part then looks like a name: two to six words
  that begin with capitals, or in a script without them, but for particles (*de*, *von*), and no digit;
- ``published``, ``modified``: 1 if equal as far as both state it. A value must be given to the day, or as far as the
  gold states it if that is less; where both state a time, they must be the same minute, as instants if both have an
  offset;
- ``language``: equality of the primary subtag;
- ``publisher``, ``description``: equality of the tokens.

Pooled: for each field the mean over the pages where it counts; ``supported``, the mean of those, and ``fields``, their
number; and ``mean``, their sum by the number of fields that the gold states on any page, so that a system does not rise
by giving up a field: what it cannot return is 0 in it. A system that can return no field takes no part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from math import nan
from typing import Any

import numpy as np
from dateutil import parser as dates
from rapidfuzz.distance import Levenshtein

from goldspan.core.metrics.base import Array, Case, Columns, Metric, counts_except
from goldspan.core.text import tokenise
from goldspan.model import FIELDS

BY = ("written by", "posted by", "by", "von", "por", "par", "door", "av", "af", "di", "автор", "от")
"""What a byline begins with, in the cases of its language; a colon may follow."""
AND = ("and", "und", "et", "y", "e", "en", "og", "och", "и", "та", "і")
"""The words between two names."""
_BY = re.compile(rf"^\s*(?:{'|'.join(BY)})(?:\s*:\s*|\s+)(?=\S+\s)", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(rf"\s*[,;&，、；]\s*|\s+(?:{'|'.join(AND)})\s+")
_PARTICLES = frozenset("de da do dos das del della der den di du la le van von zu af av bin ibn al el y e".split())
_LACKS = "lacks "
_LONGEST_NAME = 6  # tokens


def title_score(gold: str, given: str) -> float:
    return float(Levenshtein.normalized_similarity(" ".join(tokenise(gold)), " ".join(tokenise(given))))


def _as_byline(value: str) -> list[str]:
    """The names in a byline; the byline itself where it does not fall into names."""
    stripped = _BY.sub("", value).strip()
    parts = [part for part in map(str.strip, _BETWEEN_NAMES.split(stripped)) if part]
    return parts if all(map(_is_name, parts)) else [stripped]


def _is_name(text: str) -> bool:
    """Whether a text looks like a name of a first and a last name at least."""
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    tall = [word for word in words if word.lower() not in _PARTICLES]
    return (
        2 <= len(tokenise(text)) <= _LONGEST_NAME
        and not any(map(str.isdigit, text))
        and bool(tall)
        and not any(next(filter(str.isalpha, word)).islower() for word in tall)
    )


def _names(values: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(sorted(tokenise(value))) for value in values) - {()}


def authors_score(gold: Sequence[str], given: Sequence[str]) -> float:
    """The best F1 of the two sets of names, each side as it stands or read as bylines."""

    def readings(names: Sequence[str]) -> tuple[frozenset[tuple[str, ...]], ...]:
        return _names(names), _names(name for value in names for name in _as_byline(value))

    def f1(wanted: frozenset[tuple[str, ...]], found: frozenset[tuple[str, ...]]) -> float:
        return 2 * len(wanted & found) / (len(wanted) + len(found)) if wanted or found else 1.0

    return max(f1(wanted, found) for wanted in readings(gold) for found in readings(given))


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
    """The page's score of each field, NaN where it does not count, and 1 as ``lacks field`` for each field that the
    gold states and the system cannot return."""
    if not case.fields or case.gold.metadata.keys().isdisjoint(FIELDS):
        return None
    given = case.extraction.metadata() if case.extraction else {}
    values: dict[str, float] = {}
    for field in FIELDS:
        if field not in case.gold.metadata:
            values[field] = nan
        elif field not in case.fields:
            values |= {field: nan, f"{_LACKS}{field}": 1.0}
        else:
            wanted, found = case.gold.metadata[field] or None, given.get(field) or None
            if wanted is None or found is None:
                values[field] = float(wanted is None and found is None and case.answered)
            else:
                values[field] = SCORES[field](wanted, found)
    return values


def pool(columns: Columns, weights: Array) -> dict[str, Array]:
    figures: dict[str, Array] = {}
    for field in FIELDS:
        if field not in columns:
            continue
        counts = ~np.isnan(columns[field])
        if not counts.any():
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            figures[field] = weights[:, counts] @ columns[field][counts] / weights[:, counts].sum(axis=1)
    stated = len(figures) + sum(name.startswith(_LACKS) for name in columns)
    total = np.sum(list(figures.values()), axis=0) if figures else np.zeros(len(weights))
    return {
        "mean": total / stated if stated else np.full(len(weights), nan),
        "supported": total / len(figures) if figures else np.full(len(weights), nan),
        **figures,
        "fields": np.full(len(weights), float(len(figures))),
    }


METRIC = Metric(
    name="metadata",
    version=2,
    headline="mean",
    needs=frozenset({"metadata"}),
    measure=measure,
    pool=pool,
    about="Title, authors, dates, publisher, language and description, each field from 0 to 1.",
    bounds=counts_except(*FIELDS, "mean", "supported"),
)
