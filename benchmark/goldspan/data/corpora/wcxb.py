"""WCXB, the Web Content Extraction Benchmark (Murrough Foley): pages of seven types with gold text and snippets.

The layout of the data set, version 2.0 of its schema::

    dev/html/<id>.html.gz             the page, in UTF-8
    dev/ground-truth/<id>.json        {"file_id", "url", "ground_truth": {…}, "_internal": {"page_type": {…}}}
    metadata.json                     a summary; not read here

``dev`` is read where there is one; any folder that holds ``html`` and ``ground-truth`` is read as well, so that another
split is named by its own folder.

* ``main_content`` is the gold text. An empty one says that the page has no content (a page that scripts fill); where
  the key is absent, there is no gold text and only the snippets count.
* ``with`` and ``without`` are the snippets.
* ``title``, ``author`` and ``publish_date`` are metadata. **A null or an empty text is taken as not annotated**: of the
  50 articles of the development split whose date is null, 6 state one in their markup, and of the 57 whose author is
  null, 8 name an author or organisation there. Counting null as "checked and absent" would charge a system that finds
  them with inventing.
* Page types: ``collection`` (the pages of a shop's category) is a ``listing``; the others keep their names.

The annotations are CC-BY-4.0; the pages are their publishers'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goldspan.data.corpora.base import (
    Corpus,
    check_folder,
    check_pairs,
    language_of,
    list_files,
    make_sample,
    names_in,
    object_at,
    read_object,
    read_page,
    site_of,
    stated_at,
    text_at,
    texts_at,
)
from goldspan.data.corpora.projection import PROJECTION, project_sample
from goldspan.errors import CorpusError
from goldspan.model import About, Gold, Sample, Snippets

PAGE_TYPES = {
    "article": "article",
    "forum": "forum",
    "product": "product",
    "collection": "listing",
    "listing": "listing",
    "documentation": "documentation",
    "service": "service",
}


@dataclass(frozen=True, eq=False)
class _Reader:
    path: Path

    def __call__(self, id: str) -> Sample:
        file = self.path / "ground-truth" / f"{id}.json"
        where = str(file)
        entry = read_object(file)
        if text_at(entry, "file_id", where) != id:
            raise CorpusError(f"{where} is the gold of '{entry['file_id']}'", "Give the file its own name back.")
        url = text_at(entry, "url", where)
        truth = object_at(entry, "ground_truth", where)
        data = read_page(self.path / "html" / f"{id}.html.gz")
        snippets = Snippets(texts_at(truth, "with", where), texts_at(truth, "without", where))
        reference = text_at(truth, "main_content", where) if "main_content" in truth else None
        if reference is None and not snippets.wanted:
            raise CorpusError(f"{where} has neither 'main_content' nor snippets in 'with'", "Remove it and its page.")
        about = About(
            language=language_of(data),
            page_type=_page_type(entry, where),
            site=site_of(url),
            origin="crawled",
            licence="CC-BY-4.0",
        )
        gold = Gold(about=about, reference=reference, snippets=snippets, metadata=_metadata(truth, where))
        return make_sample(id, data, url, gold)


def _page_type(entry: Mapping[str, Any], where: str) -> str:
    internal = object_at(entry, "_internal", where)
    kind = text_at(object_at(internal, "page_type", where), "primary", where)
    if kind not in PAGE_TYPES:
        raise CorpusError(f"{where}: the page type '{kind}' is unknown", f"Known are {', '.join(PAGE_TYPES)}.")
    return PAGE_TYPES[kind]


def _metadata(truth: Mapping[str, Any], where: str) -> dict[str, Any]:
    author = stated_at(truth, "author", where)
    found = {
        "title": stated_at(truth, "title", where),
        "authors": names_in(author) if author else None,
        "published": stated_at(truth, "publish_date", where),
    }
    return {name: value for name, value in found.items() if value}


def open_corpus(path: Path) -> Corpus:
    """The corpus in a folder, or one split of it.

    Raises:
        CorpusError: a folder is missing, a page has no gold or a gold no page.
    """
    check_folder(path, "dev, or a split with html and ground-truth")
    split = path if (path / "ground-truth").is_dir() else path / "dev"
    golds = list_files(split / "ground-truth", ".json")
    check_pairs(list_files(split / "html", ".html.gz"), golds, str(split))
    return Corpus("wcxb", tuple(golds), _Reader(split), label=project_sample, labelling=PROJECTION)
