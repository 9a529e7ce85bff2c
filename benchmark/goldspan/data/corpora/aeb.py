"""article-extraction-benchmark (Zyte): news and blog articles with their gold text.

The layout, from https://github.com/scrapinghub/article-extraction-benchmark::

    ground-truth.json      {id: {"articleBody": text, "url": URL}}
    html/<id>.html.gz      the page as a browser rendered it, serialised in UTF-8
    output/<system>.json   published outputs; not read here

Its 181 pages have no snippets, no metadata and no page types; all are articles. Upstream's licence is MIT; the pages
are their publishers'.
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
    read_object,
    read_page,
    site_of,
    text_at,
)
from goldspan.data.corpora.projection import PROJECTION, project_sample
from goldspan.model import About, Gold, Sample


@dataclass(frozen=True, eq=False)
class _Reader:
    path: Path
    truth: Mapping[str, Any]

    def __call__(self, id: str) -> Sample:
        where = f"{self.path / 'ground-truth.json'}: the entry '{id}'"
        entry = as_object(self.truth[id], where)
        text, url = text_at(entry, "articleBody", where), text_at(entry, "url", where)
        data = read_page(self.path / "html" / f"{id}.html.gz")
        about = About(language_of(data), "article", site=site_of(url), origin="crawled", licence="MIT")
        return make_sample(id, data, url, Gold(about=about, reference=text))


def open_corpus(path: Path) -> Corpus:
    """The corpus in a folder.

    Raises:
        CorpusError: a file is missing or damaged, a page has no gold or a gold no page.
    """
    check_folder(path, "ground-truth.json and html")
    truth = read_object(path / "ground-truth.json")
    check_pairs(list_files(path / "html", ".html.gz"), truth, str(path))
    return Corpus("aeb", tuple(truth), _Reader(path, truth), label=project_sample, labelling=PROJECTION)
