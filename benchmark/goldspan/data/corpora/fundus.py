"""The test pages of Fundus (Humboldt-Universität zu Berlin): recent news of many countries, read by rules that people
wrote for each publisher.

The layout, from https://github.com/flairNLP/fundus, ``tests/resources/parser/test_data``::

    <cc>/<Publisher>_<date>.html.gz   the page, in UTF-8
    <cc>/<Publisher>.json             {version: {"title", "authors", "publishing_date", "body": {…}, …}}
    <cc>/meta.info                    {file: {"url": URL, "crawl_date": date}}

A publisher whose site changed has several versions of its rules, and a page for each: the first page is that of the
first version, the second that of the next. The id of a page is its country and its file's name without ``.html.gz``.

The gold text is the body's summary, then each section's headline and paragraphs, one a line. It is what the rules put
out when a maintainer last accepted the change. What they do not state, and an empty list of authors, is **not
annotated**; ``topics`` and ``images`` have no field here and are not read. The publisher's name in the file names is
that of a class, and no metadata.

Upstream's licence is MIT; the pages are their publishers'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goldspan.data.corpora.base import (
    Corpus,
    as_object,
    check_folder,
    language_of,
    list_files,
    make_sample,
    object_at,
    read_object,
    read_page,
    site_of,
    stated_at,
    text_at,
    texts_at,
)
from goldspan.data.corpora.projection import project_sample
from goldspan.errors import CorpusError
from goldspan.model import About, Gold, Sample

_META = "meta.info"
_PAGE_NAME = re.compile(r"(?P<publisher>.+)_\d{4}_\d{2}_\d{2}")
_VERSION = re.compile(r"V\d+(?:_\d+)*")


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a page's file is, its URL, and what its publisher's rules put out."""

    file: Path
    url: str
    article: Mapping[str, Any]
    where: str


@dataclass(frozen=True, eq=False)
class _Reader:
    entries: Mapping[str, _Entry]

    def __call__(self, id: str) -> Sample:
        entry = self.entries[id]
        data = read_page(entry.file)
        about = About(language_of(data), "news", site=site_of(entry.url), origin="crawled", licence="MIT")
        reference = "\n".join(_lines(object_at(entry.article, "body", entry.where), f"{entry.where}: 'body'"))
        gold = Gold(about=about, reference=reference, metadata=_metadata(entry.article, entry.where))
        return make_sample(id, data, entry.url, gold)


def _lines(body: Mapping[str, Any], where: str) -> Iterator[str]:
    """The body's text, a paragraph or headline at a time."""
    yield from texts_at(body, "summary", where)
    sections = body.get("sections")
    if not isinstance(sections, list):
        raise CorpusError(f"{where} has no list of 'sections'", "Mend the file or fetch it again.")
    for number, value in enumerate(sections, 1):
        section = as_object(value, f"{where}: section {number}")
        yield from texts_at(section, "headline", f"{where}: section {number}")
        yield from texts_at(section, "paragraphs", f"{where}: section {number}")


def _metadata(article: Mapping[str, Any], where: str) -> dict[str, Any]:
    found = {
        "title": stated_at(article, "title", where),
        "authors": list(texts_at(article, "authors", where)) if "authors" in article else None,
        "published": stated_at(article, "publishing_date", where),
    }
    return {name: value for name, value in found.items() if value}


def open_corpus(path: Path) -> Corpus:
    """The corpus in a folder.

    Raises:
        CorpusError: a file is missing or damaged, or the versions of a publisher's rules are not as many as its pages.
    """
    check_folder(path, "a folder a country, with pages and meta.info in each")
    entries: dict[str, _Entry] = {}
    for name, folder in list_files(path, "").items():
        if folder.is_dir():
            entries |= {f"{name}-{page}": entry for page, entry in _country(folder).items()}
    if not entries:
        raise CorpusError(f"{path / '*' / _META} is missing", "Give the folder that holds a folder a country.")
    return Corpus("fundus", tuple(entries), _Reader(entries), label=project_sample)


def _country(folder: Path) -> dict[str, _Entry]:
    """The pages of one country by name."""
    pages, golds = list_files(folder, ".html.gz"), list_files(folder, ".json")
    if not pages and not golds:
        return {}
    facts = read_object(folder / _META)
    for name in facts:
        if name.removesuffix(".html.gz") not in pages:
            raise CorpusError(f"{folder / name} is missing", f"Restore it, or remove it from {_META}.")
    by_publisher: dict[str, list[str]] = {publisher: [] for publisher in golds}
    for page, file in pages.items():
        match = _PAGE_NAME.fullmatch(page)
        if not match or match["publisher"] not in golds:
            raise CorpusError(f"{file} is of no publisher with a .json", "Restore it, or remove the page.")
        by_publisher[match["publisher"]].append(page)
    found = {}
    for publisher, names in by_publisher.items():
        articles = read_object(golds[publisher])
        versions = sorted(articles, key=lambda version: _number(version, golds[publisher]))
        if len(versions) != len(names):
            raise CorpusError(
                f"{golds[publisher]} has {len(versions)} versions for {len(names)} pages",
                "Each page belongs to one version: fetch the folder again.",
            )
        for page, version in zip(names, versions, strict=True):  # both in the order of time
            where = f"{golds[publisher]}: '{version}'"
            url = text_at(
                object_at(facts, f"{page}.html.gz", str(folder / _META)), "url", f"{folder / _META}: '{page}'"
            )
            found[page] = _Entry(pages[page], url, as_object(articles[version], where), where)
    return dict(sorted(found.items()))


def _number(version: str, file: Path) -> tuple[int, ...]:
    """``V1_2`` → (1, 2)."""
    if not _VERSION.fullmatch(version):
        raise CorpusError(f"{file}: '{version}' is no version like V1 or V1_2", "Mend the file or fetch it again.")
    return tuple(map(int, version[1:].split("_")))
