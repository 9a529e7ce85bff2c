"""readability-lxml. Returns the HTML of the article; raises Unparseable on an empty page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class ReadabilityLxml(LibraryAdapter):
    """Options are those of ``readability.Document``, in characters."""

    min_text_length: int = 25
    retry_length: int = 250

    name: ClassVar[str] = "readability-lxml"
    distribution: ClassVar[str] = "readability-lxml"
    module: ClassVar[str] = "readability"
    fields: ClassVar[tuple[str, ...]] = ("title", "authors")

    def extract(self, page: PageInput) -> Extraction:
        return normalise({"text": self._document(page).summary(html_partial=True), "format": "html"})

    def metadata(self, page: PageInput) -> Mapping[str, Any]:
        document = self._document(page)
        title, author = document.title(), document.author()
        return {
            "title": None if title == "[no-title]" else title,
            "authors": None if author == "[no-author]" else (author,),
        }

    def _document(self, page: PageInput) -> Any:
        return self.library.Document(
            page.html, url=page.url, min_text_length=self.min_text_length, retry_length=self.retry_length
        )
