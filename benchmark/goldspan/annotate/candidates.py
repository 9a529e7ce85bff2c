"""What a page says about itself, as candidates for its metadata: JSON-LD, microdata, OpenGraph, Dublin Core, its head.

These are only candidates: pages are often wrong about themselves, so a person chooses. extruct reads the formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from goldspan.core.text import decode
from goldspan.model import Page

_SCHEMA_ORG = {
    "headline": "title",
    "name": "title",
    "author": "authors",
    "creator": "authors",
    "datePublished": "published",
    "dateModified": "modified",
    "publisher": "publisher",
    "inLanguage": "language",
    "description": "description",
}
_META = {
    "og:title": "title",
    "og:site_name": "publisher",
    "og:description": "description",
    "og:locale": "language",
    "article:author": "authors",
    "article:published_time": "published",
    "article:modified_time": "modified",
    "author": "authors",
    "description": "description",
    "title": "title",
    "creator": "authors",
    "publisher": "publisher",
    "date": "published",
    "language": "language",
}
# A thing of schema.org that can be an article; an organisation's name is not a title.
_ARTICLE = re.compile(r"Article|BlogPosting|Posting|Report|Review|Recipe|WebPage|HowTo|Discussion|Question|Letter|Book")
_ISO = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?")
_BASIC_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value for a metadata field, and where the page says it."""

    field: str
    value: str
    source: str


def find_candidates(page: Page) -> list[Candidate]:
    """The candidates of a page, each value of a field once, in this order: JSON-LD, microdata, OpenGraph, the rest."""
    if page.media != "html":
        return []
    html, _ = decode(page)
    found: dict[tuple[str, str], Candidate] = {}
    for one in (*_stated(html), *_head(html)):
        value = _tidy(one.field, one.value)
        if value:
            found.setdefault((one.field, value), Candidate(one.field, value, one.source))
    return list(found.values())


def iso_date(text: str) -> str | None:
    """A date as ISO 8601, no more precise than the text; None if it is not a date or lacks its year."""
    from dateutil import parser

    text = " ".join(text.split())
    iso = _BASIC_OFFSET.sub(r"\1:\2", text.replace(" ", "T", 1)) if text[:4].isdigit() else text
    if _ISO.fullmatch(iso):
        return iso
    # What the text lacks comes from the default; what differs between two defaults was not in it.
    try:
        one, other = (
            parser.parse(text, default=datetime(year, month, day, hour, minute))
            for year, month, day, hour, minute in ((2000, 1, 1, 0, 0), (2001, 2, 2, 1, 1))
        )
    except (ValueError, OverflowError, TypeError):
        return None
    if one.year != other.year:
        return None
    if one.month != other.month:
        return f"{one.year:04}"
    if one.day != other.day:
        return f"{one.year:04}-{one.month:02}"
    return one.isoformat(timespec="minutes") if one.hour == other.hour else one.date().isoformat()


def _tidy(field: str, value: str) -> str | None:
    value = " ".join(value.split())
    if field in ("published", "modified"):
        return iso_date(value)
    if field == "language":
        return value.replace("_", "-") if _LANGUAGE.fullmatch(value) else None
    return None if field == "authors" and "://" in value else value or None


def _stated(html: str) -> Iterator[Candidate]:
    """What extruct reads; a syntax that it cannot read on this page is skipped."""
    from selectolax.lexbor import LexborHTMLParser

    # One at a time: if one script of a page is broken, extruct reads none of them.
    for node in LexborHTMLParser(html).css('script[type="application/ld+json"]'):
        yield from _things(_extruct(node.html or "", "json-ld").get("json-ld", ()), "json-ld")
    data = _extruct(html, "microdata", "opengraph", "dublincore")
    yield from _things(data.get("microdata", ()), "microdata")
    for graph in data.get("opengraph", ()):
        for name, value in graph.get("properties", ()):
            yield from _meta(name, value, "opengraph")
    for terms in data.get("dublincore", ()):
        for term in (*terms.get("elements", ()), *terms.get("terms", ())):
            if str(term.get("URI", "")).startswith("http://purl.org/dc/") and "." in term.get("name", ""):
                yield from _meta(term["name"].rpartition(".")[2].lower(), term.get("content"), "dublin-core")


def _extruct(html: str, *syntaxes: str) -> dict[str, Any]:
    import extruct

    try:
        found: dict[str, Any] = extruct.extract(html, syntaxes=list(syntaxes), errors="ignore")
    except Exception:
        # Its parsers raise what they like on broken pages; a page without candidates can still be annotated.
        return {}
    return found


def _things(values: Iterable[Any], source: str) -> Iterator[Candidate]:
    """The statements of every thing that can be an article, at whatever depth."""
    waiting = list(values)[::-1]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            kinds = value.get("@type", value.get("type", ""))
            stated = value.get("properties", value)
            if isinstance(stated, dict):
                if _ARTICLE.search(str(kinds)):
                    yield from _thing(stated, source)
                waiting.extend(part for name, part in stated.items() if name in ("@graph", "mainEntity", "hasPart"))


def _thing(stated: Mapping[str, Any], source: str) -> Iterator[Candidate]:
    for name, field in _SCHEMA_ORG.items():
        for value in _names(stated.get(name)):
            yield Candidate(field, value, f"{source} {name}")


def _names(value: object) -> Iterator[str]:
    """The texts that a value stands for: itself, its name, or those of its members."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _names(one)
    elif isinstance(value, dict):
        stated = value.get("properties", value)
        if isinstance(stated, dict):
            yield from _names(stated.get("name"))


def _meta(name: str, value: object, source: str) -> Iterator[Candidate]:
    if name in _META and isinstance(value, str):
        yield Candidate(_META[name], value, f"{source} {name}")


def _head(html: str) -> Iterator[Candidate]:
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    for node in tree.css("head meta[name][content]"):
        name, content = node.attributes.get("name") or "", node.attributes.get("content")
        yield from _meta(name.lower(), content, "meta") if "." not in name else ()
    title = tree.css_first("head > title")
    if title is not None:
        yield Candidate("title", title.text(), "title element")
    for node in tree.css("time[datetime]")[:3]:
        yield Candidate("published", node.attributes.get("datetime") or "", "time element")
    root = tree.css_first("html[lang]")
    if root is not None:
        yield Candidate("language", root.attributes.get("lang") or "", "html lang")
