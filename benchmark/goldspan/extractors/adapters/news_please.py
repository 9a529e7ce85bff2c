"""news-please. Returns an empty dict for an empty page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit

from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class NewsPlease(LibraryAdapter):
    """It has no options that matter for a page that is already downloaded."""

    name: ClassVar[str] = "news-please"
    distribution: ClassVar[str] = "news-please"
    module: ClassVar[str] = "newsplease"
    fields: ClassVar[tuple[str, ...]] = (
        "title",
        "authors",
        "published",
        "modified",
        "language",
        "description",
    )

    @cached_property
    def news_please(self) -> Any:
        """The library's class, with its language detection made repeatable."""
        found = self.library.NewsPlease
        self.load("langdetect").DetectorFactory.seed = 0
        return found

    def warm_up(self) -> None:
        _ = self.news_please

    def extract(self, page: PageInput) -> Extraction:
        # It fails on a URL without a host, while none at all is fine.
        url = page.url if page.url and urlsplit(page.url).hostname else None
        # Left on, it fetches the page's images over the network.
        article = self.news_please.from_html(page.html, url=url, fetch_images=False)
        if not article:
            return Extraction(text="")
        return normalise(
            {
                "text": article.maintext,
                "title": article.title,
                "authors": article.authors,
                "published": article.date_publish,
                "modified": article.date_modify,
                "language": article.language,
                "description": article.description,
            }
        )
