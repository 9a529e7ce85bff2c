"""The test pages of Mozilla's Readability.js, with the article HTML and the metadata that its tests expect.

The layout::

    test-pages/<id>/source.html              the page, in UTF-8
    test-pages/<id>/expected.html            the article, as HTML
    test-pages/<id>/expected-metadata.json   {"title", "byline", "siteName", "lang", "publishedTime", "excerpt", …}

The gold text is the text stream of ``expected.html``, one block a line. It is what Readability.js put out when a
maintainer last accepted the change, not what a person marked: a system close to Readability is at an advantage.

For the same reason **null is taken as not annotated**. ``title``, ``byline``, ``siteName``, ``lang`` and
``publishedTime`` are used; a byline with digits, brackets or several lines (dates and desks ran into it) is left out,
and so is ``excerpt``, which is the first paragraph where the page has no description. The pages have no URL; the site
is that of the address that the page itself calls its own, if it does.

Upstream's licence is Apache-2.0; the pages are their publishers'. Source: https://github.com/mozilla/readability.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goldspan.core.text import stream_text
from goldspan.data.corpora.base import (
    Corpus,
    check_folder,
    list_files,
    make_sample,
    names_in,
    read_object,
    read_page,
    site_of,
    stated_at,
    text_at,
)
from goldspan.data.corpora.projection import PROJECTION, project_sample
from goldspan.errors import CorpusError
from goldspan.model import About, Gold, Sample

_FILES = ("source.html", "expected.html", "expected-metadata.json")
_BY = re.compile(r"^by\s+", re.IGNORECASE)
_NO_NAMES = re.compile(r"[\d()\[\]\n]")
_OWN_ADDRESS = re.compile(
    rb"<link\b[^>]*?\brel=[\"']?canonical\b[^>]*|<meta\b[^>]*?\bproperty=[\"']?og:url\b[^>]*", re.IGNORECASE
)
_ADDRESS = re.compile(rb"\b(?:href|content)=[\"']?(https?://[^\"'\s>]+)", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class _Reader:
    path: Path

    def __call__(self, id: str) -> Sample:
        page, expected, facts = (self.path / id / name for name in _FILES)
        stated = read_object(facts)
        data = read_page(page)
        try:
            article = read_page(expected).decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            raise CorpusError(f"{expected} is not UTF-8 at byte {fault.start}", "Save it as UTF-8.") from None
        metadata = _metadata(stated, str(facts))
        language = metadata.get("language", "").replace("_", "-").split("-")[0].lower()
        about = About(language or None, site=_site(data), origin="crawled", licence="Apache-2.0")
        return make_sample(id, data, None, Gold(about=about, reference=stream_text(article), metadata=metadata))


def _metadata(stated: Mapping[str, Any], where: str) -> dict[str, Any]:
    text_at(stated, "title", where)
    byline = stated_at(stated, "byline", where)
    found = {
        "title": stated_at(stated, "title", where),
        "authors": names_in(_BY.sub("", byline)) if byline and not _NO_NAMES.search(byline) else None,
        "published": stated_at(stated, "publishedTime", where),
        "publisher": stated_at(stated, "siteName", where),
        "language": stated_at(stated, "lang", where),
    }
    return {name: value for name, value in found.items() if value}


def _site(data: bytes) -> str | None:
    for tag in _OWN_ADDRESS.finditer(data):
        match = _ADDRESS.search(tag[0])
        if match:
            return site_of(match[1].decode("utf-8", "replace"))
    return None


def open_corpus(path: Path) -> Corpus:
    """The corpus in a folder.

    Raises:
        CorpusError: a folder or file is missing.
    """
    folder = check_folder(path, "test-pages") / "test-pages"
    ids = tuple(name for name, found in list_files(folder, "").items() if found.is_dir())
    for id in ids:
        for name in _FILES:
            if not (folder / id / name).is_file():
                raise CorpusError(f"{folder / id / name} is missing", f"Restore it, or remove the folder '{id}'.")
    if not ids:
        raise CorpusError(f"{folder} holds no pages", "Fetch the corpus again.")
    return Corpus("readability", ids, _Reader(folder), label=project_sample, labelling=PROJECTION)
