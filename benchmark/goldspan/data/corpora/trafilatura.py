"""The evaluation of Trafilatura (Adrien Barbaresi): multilingual pages with snippets and metadata.

The layout::

    evaldata.json       {URL: {"file", "with": […], "without": […], "title", "author", "date", "description", …}}
    eval/<file>         the page's bytes, in whatever encoding it came

The id of a page is its file's name without ``.html``. Of the metadata, ``title``, ``author``, ``date`` and
``description`` are used; upstream writes an empty text both for "absent" and for "not annotated", so an empty one is
taken as **not annotated**. There is no gold text: snippet metrics alone apply. ``categories``, ``tags``, ``comments``
and ``license`` (the page's own) have no field here and are not read.

Upstream's licence is Apache-2.0; the pages are their publishers'. Source: https://github.com/adbar/trafilatura, tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goldspan.data.corpora.base import (
    Corpus,
    as_object,
    check_folder,
    check_pairs,
    language_of,
    list_files,
    make_sample,
    names_in,
    read_object,
    read_page,
    site_of,
    stated_at,
    text_at,
    texts_at,
)
from goldspan.errors import CorpusError
from goldspan.model import About, Gold, Sample, Snippets


@dataclass(frozen=True, eq=False)
class _Reader:
    path: Path
    entries: Mapping[str, tuple[str, Mapping[str, Any]]]

    def __call__(self, id: str) -> Sample:
        url, entry = self.entries[id]
        where = _where(self.path, url)
        data = read_page(self.path / "eval" / text_at(entry, "file", where))
        about = About(language_of(data), site=site_of(url), origin="crawled", licence="Apache-2.0")
        gold = Gold(
            about=about,
            snippets=Snippets(texts_at(entry, "with", where), texts_at(entry, "without", where)),
            metadata=_metadata(entry, where),
        )
        return make_sample(id, data, url, gold)


def _where(path: Path, url: str) -> str:
    return f"{path / 'evaldata.json'}: the entry '{url}'"


def _metadata(entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    author = stated_at(entry, "author", where)
    found = {
        "title": stated_at(entry, "title", where),
        "authors": names_in(author) if author else None,
        "published": stated_at(entry, "date", where),
        "description": stated_at(entry, "description", where),
    }
    return {name: value for name, value in found.items() if value}


def open_corpus(path: Path) -> Corpus:
    """The corpus in a folder.

    Raises:
        CorpusError: a file is missing or damaged, a page has no entry or an entry no page.
    """
    check_folder(path, "evaldata.json and eval")
    entries: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for url, value in read_object(path / "evaldata.json").items():
        entry = as_object(value, _where(path, url))
        id = text_at(entry, "file", _where(path, url)).removesuffix(".html")
        if id in entries:
            raise CorpusError(f"{_where(path, url)} names the file of '{entries[id][0]}'", "Remove one of the two.")
        entries[id] = url, entry
    check_pairs(list_files(path / "eval", ".html"), entries, str(path))
    return Corpus("trafilatura", tuple(entries), _Reader(path, entries))
